package obligations

import (
	"crypto/sha256"
	"encoding/hex"
	"testing"

	"sluss"
)

// A signature is on a content's hash, and stays valid as long as the batch. So the
// contents that declarations without newer fields owe, and their hashes, must stay
// those of version 0.1.0.
func TestContentsOfTheFirstVersionKeepTheirHashes(t *testing.T) {
	for want, d := range map[string]sluss.Declaration{
		"cc81ccaf77527d01": swedish(), "6661f67ff84f8799": swedishTwoLegs(), "f7ce222ff7a9e51e": norwegianVehicles(), "5928b97bcd934e8e": french(), "d60a1fcd8b141260": throughPlatform(),
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
