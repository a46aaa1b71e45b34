"""Pure statistics on arrays: value, interval and method travel together. No word of the domain stands here.

Every function is vectorised over its arguments and returns a frame of one row per element, or an array.
"""
