package ledgertests_test

const childDir = "CONVENE_LEDGER_DIR"

func child(string) {}
