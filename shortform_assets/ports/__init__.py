"""What domain code asks of the outside, one small protocol a file.

Ports import contracts and errors only. `resources/` implements them; tests bring fakes; domain functions
receive them as arguments and never look for an implementation themselves.
"""
