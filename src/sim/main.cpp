// lifeboat-sim: simulated phones for demos and tests.
int main() { return 2; }
