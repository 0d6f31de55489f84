package autosys

import (
	"fmt"
	"regexp"
	"slices"
	"time"

	"sluss"
)

const tankField = approvals + ".tilleggsgodkjenningSpesifikkeData.adrGodkjenning.adrTankTekniskeData."

// tankFit looks at the tank of an approval that is valid: are its tests in time, is it for goods of this UN number?
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
				Message: fmt.Sprintf("the %s of the tank was due on %s, before the transport on %s", test.name, test.next, day.Format(time.DateOnly)),
			})
		}
	}
	if number := unNumber.FindString(load.UN); number != "" && !tank.mayHold(number) {
		fs.add(adrTank, sluss.Reason{
			Code: tankField + "adrTankGodkjentGods", Field: v.field, Remedy: showCertificate,
			Message: fmt.Sprintf("the goods that the tank is approved for do not name UN %s", number),
		})
	}
}

var unNumber = regexp.MustCompile(`\b\d{4}\b`)

// mayHold is false only where the tank is for certain UN numbers and this is none of them: what stands there is text,
// and where it is all that the tank code allows, that is for a person to judge.
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

// tankCoded looks for the tank code of one vehicle at least. A demountable tank or a tank container has a plate of its
// own, so its absence proves nothing.
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
