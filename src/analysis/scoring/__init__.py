"""Values and rulebook become scores with their derivation, and grades; problems named; how firm all of it is."""
