"""A measure over years and months, and every unit against its own past: 纵向看进步."""
