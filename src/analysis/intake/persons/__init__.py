"""What is about persons: columns, numbers and names, to be left out or masked."""
