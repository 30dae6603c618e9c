"""Outcomes of renders and the folder of finished clips: quality report, manifest, review page, exports.

States are decided by objects that the store creates once; see `outcomes.py`. Rendering itself belongs elsewhere.
"""
