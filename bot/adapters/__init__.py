"""The outside world, one technology each: one call, errors translated."""
