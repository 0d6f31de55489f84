package obligations

import (
	"fmt"
	"slices"

	"sluss"
)

// storages checks the storages on the way: a BSDD takes one, after which one
// transporter brings the waste to the receiver.
func (f *faults) storages(b batch) {
	before := false
	for i, l := range b.Legs {
		if l.Storage == nil {
			continue
		}
		field := at("legs", i, "storage")
		switch n := len(b.Legs) - i - 1; {
		case !b.onBSDD(i + 1):
			f.add(field, "the leg is not within France, where alone waste is stored on its way under one document", "leave it out; end the batch there, and declare another that continues it")
			continue
		case before:
			f.add(field, "the waste is stored on its way twice, and a BSDD takes one storage", "end the batch at one of the two, and declare another that continues it")
		case n == 0:
			f.add(field, "the waste goes nowhere after this storage", "add the leg from there to the receiver, or leave it out")
		case n > 1:
			f.add(field, fmt.Sprintf("there are %d legs after it, and a BSDD takes one transporter after a storage", n), "plan one leg from there to the receiver")
		}
		before = true
		f.storage(field, b, *l.Storage)
		if i+1 < len(b.Legs) {
			f.storer(at("legs", i+1, "consignor"), b.Legs[i+1].Consignor)
		}
	}
}

func (f *faults) storage(field string, b batch, s sluss.Storage) {
	if b.dangerous() && blank(s.Acceptance) {
		f.add(field+".acceptance", "the BSDD of dangerous waste needs the number of the acceptance certificate (CAP) of who stores it", "ask the company for it")
	}
	f.within(field+".acceptance", s.Acceptance, 250)
	if !slices.ContainsFunc(frenchOperations(), func(o frenchOperation) bool { return o.code == s.Operation }) {
		f.add(field+".operation", fmt.Sprintf("the BSDD has no operation %q", s.Operation), "say what the storage is, such as R13, D13 or D15")
	}
}

func (f *faults) storer(field string, storer *sluss.Party) {
	switch {
	case storer == nil:
		f.add(field, "nobody is named who stores the waste before this leg", "name the company as the one that hands it over")
	case storer.Country != "FR":
		f.add(field+".country", fmt.Sprintf("whoever stores waste on a BSDD is in France, not in %q", storer.Country), "name the French establishment")
	}
}

// CheckCorrection tells what a correction may not change once the waste is under
// way: whether and where it is stored, for what happens next depends on it. The
// error is Faults; what else is wrong with the corrected declaration is for
// Validate.
func CheckCorrection(d, corrected sluss.Declaration, events []sluss.Event) error {
	var f faults
	before, after := d.Route(), corrected.Route()
	for n := 1; n <= max(len(before), len(after)); n++ {
		was, _ := before.Leg(n)
		is, _ := after.Leg(n)
		if _, departed := happened(events, sluss.Departure(n)); departed && (was.Storage != nil) != (is.Storage != nil) {
			f.add(at("legs", n-1, "storage"), fmt.Sprintf("leg %d is under way, and its BSDD says whether the waste is stored where it ends", n), "leave it as it is; if the route has changed, end this batch and declare another that continues it")
		}
	}
	return sluss.Faults(f).Err()
}
