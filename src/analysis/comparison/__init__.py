"""The units side by side, and the published facts beside the computed ones: 横向找差距."""
