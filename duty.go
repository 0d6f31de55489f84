package sluss

import "time"

// Whose says who reports a duty.
type Whose string

// Who reports a duty: we, or the party itself.
const (
	Ours   Whose = "ours"
	Theirs Whose = "theirs"
)

// Duty is a person's word about one duty of a batch, which goes before companies and
// mandates.
type Duty struct {
	Obligation ObligationID `json:"obligation"`
	Whose      Whose        `json:"whose"`
	Reason     string       `json:"reason"`
}

// Whose is what the declaration says about a duty; false if it says nothing. A look-up
// that is made again is the same duty.
func (d Declaration) Whose(o ObligationID) (Whose, bool) {
	first, _ := o.SplitAgain()
	for _, duty := range d.Duties {
		if duty.Obligation == first {
			return duty.Whose, true
		}
	}
	return "", false
}

// Followed tells whether the registry itself shows that others have discharged an
// obligation of theirs. Gates and the end of the batch wait for these, and for no others
// of theirs.
func (o Obligation) Followed() bool {
	return o.Theirs && o.Report != ReportPreflight && RegistryOf(o.Registry).Document != ""
}

// TheirReceipt is the receipt of an obligation that others discharge: as a person was
// told it, or as the registry shows it.
type TheirReceipt struct {
	Obligation ObligationID `json:"obligation"`
	Receipt    Receipt      `json:"receipt"`
	// Reason is why it replaces an earlier one; of the first it may be how it is known.
	Reason string    `json:"reason,omitempty"`
	By     Person    `json:"by,omitzero"` // zero: the registry shows it
	At     time.Time `json:"at"`
}

// TheirReceiptRecord records one.
type TheirReceiptRecord struct {
	Batch  BatchID `json:"batch"`
	Number int     `json:"number"` // of the receipts of this obligation, counted from 1
	TheirReceipt
}
