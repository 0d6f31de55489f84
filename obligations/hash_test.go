package obligations

import (
	"crypto/sha256"
	"encoding/hex"
	"testing"

	"sluss"
)

// A signature is on a content's hash, and lives as long as the batch. So what
// declarations without newer fields owe, and the hashes of it, are those of
// version 0.1.0 for ever.
func TestContentsOfTheFirstVersionKeepTheirHashes(t *testing.T) {
	for want, d := range map[string]sluss.Declaration{
		"bb3c03cc57d1e8ed": swedish(), "c7e134cf63f29884": swedishTwoLegs(), "5880a8638bd9a0ee": norwegianVehicles(), "79346fdde763fc8c": french(), "b93c603dd2fa977e": throughPlatform(),
	} {
		events := life(len(d.Legs))
		all := d.Hash()
		for i := range events {
			for _, o := range For(d, events[:i+1]) {
				if o.Report == sluss.ReportPreflight { // a batch of that version goes without
					continue
				}
				all += "\n" + sluss.Content{Declaration: d, Obligation: o, Events: events[:i+1]}.Hash()
			}
		}
		sum := sha256.Sum256([]byte(all))
		if got := hex.EncodeToString(sum[:8]); got != want {
			t.Errorf("%s: hash %s, was %s", d.Reference, got, want)
		}
	}
}
