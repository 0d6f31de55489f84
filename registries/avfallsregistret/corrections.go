package avfallsregistret

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"

	"sluss"
)

// AnnulReason is why a note is annulled, as the registry spells it.
type AnnulReason string

// The four reasons that the registry knows. A note of the wrong waste, kind or
// operator cannot be corrected: it must be annulled and reported anew.
const (
	WrongWaste    AnnulReason = "FelAvfall"
	WrongNote     AnnulReason = "FelAnteckningstyp"
	WrongOperator AnnulReason = "FelVU"
	SentTwice     AnnulReason = "SkickatDubbelt"
)

// annulReasons are in the order of their numbers in notes read back, from 1.
var annulReasons = []AnnulReason{WrongWaste, WrongNote, WrongOperator, SentTwice}

// annulReasonOf is the registry's spelling of each reason.
var annulReasonOf = map[sluss.AnnulReason]AnnulReason{
	sluss.WrongWaste: WrongWaste, sluss.WrongNote: WrongNote, sluss.WrongOperator: WrongOperator, sluss.SentTwice: SentTwice,
}

// statusAnnulled is the status in the receipt of an annulment.
const statusAnnulled = "annulled"

// ParseAnnulReason reads one of the four reasons. Its error names them all.
func ParseAnnulReason(text string) (AnnulReason, error) {
	if reason := AnnulReason(text); slices.Contains(annulReasons, reason) {
		return reason, nil
	}
	return "", fmt.Errorf("%q is no reason to annul: give one of %v", text, annulReasons)
}

// Replace corrects a note that the registry has accepted: it files the whole
// content again and replaces the note with that waste id. Accepted holds the new
// waste id, which identifies the note from then on. The old id is superseded and
// can be neither corrected nor annulled again. Replace gives the same guarantees
// as Submit: it makes one call, and if it is unclear what the registry did, the
// outcome is Unknown. If the note cannot be corrected, Rejected holds the
// registry's code 1116 (no such note of ours), 3022 (already superseded or
// annulled) or 3023 (a note of another kind).
func (c *Client) Replace(ctx context.Context, avfallsID string, s sluss.Submission) (sluss.Outcome, sluss.Exchange, error) {
	m, err := c.replacement(avfallsID, s.Content)
	return c.sendChecked(ctx, http.MethodPut, "/"+m.kind.resource+"/"+avfallsID, m, err)
}

func (c *Client) replacement(avfallsID string, content sluss.Content) (message, error) {
	m, err := c.message(content)
	m.replaces = avfallsID
	m.reasons = append(m.reasons, wasteIDFaults(avfallsID)...)
	return m, err
}

// submission is the one call that reports a content: POST for a new note, PUT for
// a correction, DELETE for an annulment.
func (c *Client) submission(content sluss.Content) (method, path string, m message, err error) {
	switch a := content.Amends; {
	case a == nil:
		m, err = c.message(content)
		return http.MethodPost, "/" + m.kind.resource, m, err
	case a.Annul == "":
		m, err = c.replacement(a.Receipt, content)
		return http.MethodPut, "/" + m.kind.resource + "/" + a.Receipt, m, err
	default:
		m, err = annulment(a.Receipt, annulReasonOf[a.Annul])
		return http.MethodDelete, "/anteckningar", m, err
	}
}

// makulering is the body of an annulment. Its id is spelled with an "s", other
// than in answers.
type makulering struct {
	AvfallsID        string      `json:"avfallsId"`
	Makuleringsorsak AnnulReason `json:"makuleringsorsak"`
}

// Annul annuls the note with that waste id permanently. Accepted holds a receipt
// with the same id and the status "annulled". Annul gives the same guarantees as
// Submit: it makes one call, and if it is unclear what the registry did, the
// outcome is Unknown. The registry gives no codes when it refuses an annulment.
func (c *Client) Annul(ctx context.Context, avfallsID string, reason AnnulReason) (sluss.Outcome, sluss.Exchange, error) {
	m, err := annulment(avfallsID, reason)
	return c.sendChecked(ctx, http.MethodDelete, "/anteckningar", m, err)
}

func annulment(avfallsID string, reason AnnulReason) (message, error) {
	body, err := json.Marshal(makulering{avfallsID, reason})
	m := message{kind: kind{resource: "anteckningar"}, body: body, annuls: avfallsID, reasons: wasteIDFaults(avfallsID)}
	if _, wrong := ParseAnnulReason(string(reason)); wrong != nil {
		err = errors.Join(err, fmt.Errorf("%w: %w", sluss.ErrOperator, wrong))
	}
	return m, err
}

func wasteIDFaults(avfallsID string) []sluss.Reason {
	if validGUID(avfallsID) {
		return nil
	}
	return []sluss.Reason{{
		Code: "1118", Message: fmt.Sprintf("%q is no waste id of the registry", avfallsID),
		Remedy: "give the id of the receipt, such as 072f294c-9e70-4cf6-b6a3-139922067ddc; if the note was corrected, the latest id",
	}}
}
