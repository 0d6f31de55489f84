package trackdechets_test

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
)

// The client and the simulator share no code and embed nothing of each other. The
// public contract that both hold is the same text.
func TestClientAndSimulatorHoldTheSameContract(t *testing.T) {
	const client = "../../registries/trackdechets"
	pairs := map[string]string{"schema.graphql": filepath.Join(client, "wire", "contract.graphqls"), "wastecodes.txt": filepath.Join(client, "check", "wastecodes.txt")}
	editions, err := filepath.Glob("editions/*.tsv")
	if err != nil || len(editions) == 0 {
		t.Fatalf("the simulator has no edition tables: %v", err)
	}
	for _, file := range editions {
		pairs[file] = filepath.Join(client, "documents", file)
	}
	for ours, theirs := range pairs {
		a, err := os.ReadFile(ours)
		if err != nil {
			t.Fatal(err)
		}
		b, err := os.ReadFile(theirs)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(a, b) {
			t.Errorf("%s and %s differ: change both", ours, theirs)
		}
	}
}
