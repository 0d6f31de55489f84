package autosys

import (
	"cmp"
	"fmt"
	"time"

	"sluss"
)

const (
	approvals       = "godkjenning.tilleggsgodkjenninger"
	showCertificate = "have the ADR certificate of the vehicle shown"
)

// approved looks for an approval for dangerous goods that is valid on the day. It refuses only where the registry
// has some and none of them is: whether the registry gives out ADR data at all is not known.
func (fs *findings) approved(v known, load Load, day time.Time) {
	say := func(c Concern, field, message, original string) {
		fs.add(c, sluss.Reason{Code: approvals + field, Field: v.field, Message: message, Original: original, Remedy: showCertificate})
	}
	var lapsed, unclear *AdditionalApproval
	for _, a := range v.Approval.Additional {
		if a.Specific.ADR == nil {
			continue
		}
		switch a.on(day) {
		case valid:
			if a.Specific.ADR.NationalRules && load.Abroad {
				say(adrNational, ".tilleggsgodkjenningSpesifikkeData.adrGodkjenning.adrNasjonaleKrav", "the ADR approval is valid in Norway only", "")
			}
			if tank := a.Specific.ADR.Tank; tank != nil {
				fs.tankFit(v, *tank, load, day)
			}
			return
		case invalid:
			if lapsed == nil || a.until() > lapsed.until() {
				lapsed = &a
			}
		case undated:
			unclear = &a
		}
	}
	note := v.Approval.Technical.Data.Body.ApprovedForADR
	switch {
	case unclear != nil:
		say(adrUnknown, ".godkjentTil", "the registry does not say, or not readably, until when the ADR approval is valid", string(unclear.To))
	case lapsed != nil:
		fs.add(adr, sluss.Reason{
			Code: approvals + ".godkjentTil", Field: v.field, Original: string(lapsed.until()), Remedy: "have the approval renewed, or take another vehicle",
			Message: fmt.Sprintf("the ADR approval is valid from %s to %s, not on %s", cmp.Or(lapsed.From, "an unknown day"), cmp.Or(lapsed.until(), "an unknown day"), day.Format(time.DateOnly)),
		})
	case note != "":
		fs.add(adrUnknown, sluss.Reason{
			Code: "godkjenning.tekniskGodkjenning.tekniskeData.karosseriOgLasteplan.godkjentADR", Field: v.field, Original: note, Remedy: showCertificate,
			Message: "the registry has no ADR approval with dates, only a note on the bodywork",
		})
	default:
		say(adrUnknown, "", "the registry shows no ADR approval for this vehicle, which a dangerous load in a tank needs", "")
	}
}

type validity int

const (
	valid validity = iota
	invalid
	undated
)

// until is the last day of the approval, which the registry writes in two ways; empty if in neither.
func (a AdditionalApproval) until() Date {
	if at, err := a.ToMoment.Time(); a.To == "" && err == nil {
		return Date(at.Format(time.DateOnly))
	}
	return a.To
}

// on says whether the approval is valid on the day, both its ends included.
func (a AdditionalApproval) on(day time.Time) validity {
	date := dateOf(day)
	if from, err := a.From.Day(); err == nil && date.Before(from) {
		return invalid
	}
	to, err := a.until().Day()
	switch {
	case err != nil:
		return undated
	case date.After(to):
		return invalid
	}
	return valid
}
