"""Everything that imports Dagster: assets, checks, jobs, sensors, partitions, previews and the reuse rule.

An asset body calls one domain function through `once` or `once_each` and holds no algorithm of its own.
Nothing outside this wing, `definitions.py`, `cli/` and what opens Dagster's instance or runs its Pipes in
`resources/` may import Dagster.
"""
