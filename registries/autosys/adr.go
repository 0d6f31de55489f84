package autosys

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"time"

	"sluss"
)

const (
	approvals       = "godkjenning.tilleggsgodkjenninger"
	tankField       = approvals + ".tilleggsgodkjenningSpesifikkeData.adrGodkjenning.adrTankTekniskeData."
	showCertificate = "have the ADR certificate of the vehicle shown"
)

// approved looks for an approval for dangerous goods that is valid on the day. It refuses only if the registry has
// approvals and none of them is valid: whether the registry gives out ADR data at all is not known.
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
	remark := v.Approval.Technical.Data.Body.ApprovedForADR
	switch {
	case unclear != nil:
		say(adrUnknown, ".godkjentTil", "the registry does not say until when the ADR approval is valid, or the date cannot be read", string(unclear.To))
	case lapsed != nil:
		fs.add(adr, sluss.Reason{
			Code: approvals + ".godkjentTil", Field: v.field, Original: string(lapsed.until()), Remedy: "have the approval renewed, or take another vehicle",
			Message: fmt.Sprintf("the ADR approval is valid from %s to %s, not on %s", cmp.Or(lapsed.From, "an unknown day"), cmp.Or(lapsed.until(), "an unknown day"), day.Format(time.DateOnly)),
		})
	case remark != "":
		fs.add(adrUnknown, sluss.Reason{
			Code: "godkjenning.tekniskGodkjenning.tekniskeData.karosseriOgLasteplan.godkjentADR", Field: v.field, Original: remark, Remedy: showCertificate,
			Message: "the registry has no dated ADR approval, only a remark on the bodywork",
		})
	default:
		say(adrUnknown, "", "the registry shows no ADR approval for this vehicle, but a dangerous load in a tank needs one", "")
	}
}

type validity int

const (
	valid validity = iota
	invalid
	undated
)

// until is the last day of the approval, which the registry writes in two ways; empty if it writes neither.
func (a AdditionalApproval) until() Date {
	if at, err := a.ToMoment.Time(); a.To == "" && err == nil {
		return Date(at.Format(time.DateOnly))
	}
	return a.To
}

// on says whether the approval is valid on the day, including its first and last day.
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

// tankFit checks the tank of a valid approval: whether its tests are overdue, and whether it may hold goods of this UN
// number.
func (fs *findings) tankFit(v known, tank Tank, load Load, day time.Time) {
	for _, test := range []struct {
		field, name string
		next        Date
	}{
		{"adrTankNesteTetthetsproveDato", "leak test", tank.NextLeakTest},
		{"adrTankNesteTrykkproveDato", "pressure test", tank.NextPressureTest},
	} {
		if due, err := test.next.Day(); err == nil && due.Before(dateOf(day)) {
			fs.add(adrTank, sluss.Reason{
				Code: tankField + test.field, Field: v.field, Original: string(test.next), Remedy: showCertificate,
				Message: fmt.Sprintf("the %s of the tank is due on %s, before the transport on %s", test.name, test.next, day.Format(time.DateOnly)),
			})
		}
	}
	if number := unNumber.FindString(load.UN); number != "" && !tank.mayHold(number) {
		fs.add(adrTank, sluss.Reason{
			Code: tankField + "adrTankGodkjentGods", Field: v.field, Remedy: showCertificate,
			Message: fmt.Sprintf("the tank is approved for other goods than UN %s", number),
		})
	}
}

var unNumber = regexp.MustCompile(`\b\d{4}\b`)

// mayHold is false only if the tank is approved for certain UN numbers and this is none of them. The approved goods are
// free text; if they are everything that the tank code allows, a person must judge.
func (t Tank) mayHold(number string) bool {
	var numbers []string
	for _, goods := range t.Goods {
		if goods.ByTankCode {
			return true
		}
		numbers = append(numbers, unNumber.FindAllString(goods.For, -1)...)
	}
	return len(numbers) == 0 || slices.Contains(numbers, number)
}

// tankCoded looks for a tank code on at least one vehicle. A demountable tank or a tank container has a plate of its
// own, so a missing code proves nothing.
func (fs *findings) tankCoded(load Load, combination []known) {
	for _, v := range combination {
		for _, a := range v.Approval.Additional {
			if a.Specific.ADR != nil && a.Specific.ADR.Tank != nil && a.Specific.ADR.Tank.Code != "" {
				return
			}
		}
	}
	fs.add(adrTankUnknown, sluss.Reason{
		Code: tankField + "adrTankKode", Field: fmt.Sprintf("legs.%d.vehicles", load.Leg-1), Remedy: "have the certificate or the plate of the tank shown",
		Message: "the registry has no tank code for any of the vehicles",
	})
}
