package kinds

import (
	"slices"
	"strings"

	"sluss/simulators/trackdechets/records"
	"sluss/simulators/trackdechets/refusal"
	"sluss/simulators/trackdechets/tree"
)

// Temporary storage: the recipient stores for a time, and the suite brings the waste on to its destination.

func notStorable(c *Check) error {
	if c.Truth("recipient.isTempStorage") {
		return nil
	}
	return refusal.BadInput("Ce bordereau ne peut pas être marqué comme entreposé provisoirement : le destinataire n'est pas une installation " +
		"d'entreposage provisoire ou de reconditionnement")
}

// store lays what the storer received over the suite.
func store(c *Check) {
	if c.Object(storer) == nil {
		tree.Put(c.Data, storer, map[string]any{})
	}
	place := c.Object(storer)
	tree.Merge(place, c.Input)
	if signedBy, given := place["signedBy"]; given {
		if tree.Text(place, "receivedBy") == "" {
			place["receivedBy"] = signedBy
		}
		delete(place, "signedBy")
	}
}

// reseal lays the input over the suite: destination, transporter, packagings. A direct form gets its suite only now: what
// it had received was the storer's.
func reseal(c *Check) {
	if Suite(c.Document) == nil {
		place := map[string]any{"quantityType": "REAL"}
		for _, key := range slices.DeleteFunc(slices.Clone(ReceptionKeys), func(key string) bool { return key == "quantityReceivedType" }) {
			place[key] = c.Data[key]
			c.Data[key] = nil
		}
		c.Data["quantityReceivedType"] = nil
		tree.Put(c.Data, "recipient.isTempStorage", true)
		c.Data["temporaryStorageDetail"] = map[string]any{"destination": map[string]any{}, "temporaryStorer": place}
	}
	suite := Suite(c.Document)
	for _, key := range []string{"destination", "transporter", "wasteDetails"} {
		if sent := tree.Object(c.Input, key); sent != nil {
			tree.Merge(suite, map[string]any{key: sent})
		}
	}
	if carrier := tree.Object(suite, "transporter"); carrier != nil && carrier["id"] == nil {
		carrier["id"] = records.NewID()
	}
	c.Kind.Fill(c.Facts, c.Document)
}

// suiteFaults are what keeps a suite from being sealed.
func suiteFaults(c *Check) []Fault {
	return slices.DeleteFunc(c.Whole(), func(f Fault) bool { return !strings.HasPrefix(f.Path, "temporaryStorageDetail.") })
}
