package obligations

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"testing"

	"sluss"
)

// A signature is on a content's hash, and stays valid as long as the batch. So the
// contents that declarations without newer fields owe, and their hashes, must stay
// as they are.
func TestContentsOfTheFirstVersionKeepTheirHashes(t *testing.T) {
	for want, d := range map[string]sluss.Declaration{
		"e0c955ff9ecccac9": swedish(), "eda581fabebcfc21": swedishTwoLegs(), "4d39683097352c65": norwegianVehicles(), "5928b97bcd934e8e": french(), "d60a1fcd8b141260": throughPlatform(),
	} {
		events := life(len(d.Legs))
		all := d.Hash()
		for _, o := range Owed(d, events) {
			if o.Report == sluss.ReportPreflight { // a batch of that version goes without
				continue
			}
			until := slices.IndexFunc(events, func(e sluss.Event) bool { return e.ID() == o.Event })
			all += "\n" + sluss.Content{Declaration: d, Obligation: o, Events: events[:until+1]}.Hash()
		}
		sum := sha256.Sum256([]byte(all))
		if got := hex.EncodeToString(sum[:8]); got != want {
			t.Errorf("%s: hash %s, was %s", d.Reference, got, want)
		}
	}
}
