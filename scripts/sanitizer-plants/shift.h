static inline int shifted(int value, int places) { return value << places; }
