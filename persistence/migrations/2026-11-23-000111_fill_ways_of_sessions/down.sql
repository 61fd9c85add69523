-- What is worked out goes with the functions that do it.
SELECT;
