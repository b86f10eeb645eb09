// Compiled for the headers that the unit tests share, which are precompiled with it.
