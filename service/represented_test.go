package service_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"sluss"
	"sluss/obligations"
	"sluss/service"
)

const nobodys = "5560360793" // a company of nobody's in these tests

// strangers is a batch between three companies none of which is ours.
func strangers(t *testing.T) sluss.Declaration {
	t.Helper()
	return set(t, "se-waste-oil", "reference", "THEIRS-1", "producer.id", "5599990008", "legs.0.transporter.id", nobodys, "receiver.id", "5599990016")
}

func faultsOf(t *testing.T, err error, fields ...string) sluss.Faults {
	t.Helper()
	var faults sluss.Faults
	if !errors.As(err, &faults) || !slices.Equal(fieldsOf(faults), fields) {
		t.Errorf("%v, want faults of %q", err, fields)
	}
	return faults
}

// TestStrangersBatchesAreRefused: the refusal says how to enter a company or a mandate, and
// a mandate for the time of the batch lifts it.
func TestStrangersBatchesAreRefused(t *testing.T) {
	sv, y := newYard(t)
	by := sluss.Person{Name: officer}
	d := strangers(t)
	declare := func(d sluss.Declaration) error {
		_, err := sv.Declare(t.Context(), d, by, noon)
		return err
	}
	for _, f := range faultsOf(t, declare(d), "receiver.id") {
		if !strings.Contains(f.Problem, "no party of this batch is one of our companies") || !strings.Contains(f.Remedy, "starter company add") || !strings.Contains(f.Remedy, "starter mandate add") {
			t.Errorf("%+v", f)
		}
	}
	other := d
	other.Tenant = "north"
	if f := faultsOf(t, declare(other), "receiver.id"); len(f) > 0 && !strings.Contains(f[0].Problem, "reports for no company") {
		t.Errorf("where nothing is entered: %+v", f)
	}
	mandate := sluss.Mandate{
		Country: "SE", ID: "556036-0793", Name: "Åkeri", Duties: []string{"transport"}, From: "2026-01-01", Until: "2026-11-22", Evidence: "letter", As: sluss.AsAgent,
		Entry: sluss.Entry{By: by},
	}
	_, _, err := sv.AddMandate(t.Context(), mandate)
	must(t, err)
	_ = faultsOf(t, declare(d), "receiver.id") // it ended the day before
	mandate.Until = "2026-11-23"
	added, fresh, err := sv.AddMandate(t.Context(), mandate)
	if must(t, err); !fresh || added.ID != nobodys || added.Tenant != sluss.DefaultTenant {
		t.Errorf("%+v", added)
	}
	must(t, declare(d))
	said := strangers(t)
	said.Tenant, said.Reference, said.Duties = "north", "THEIRS-2", []sluss.Duty{{Obligation: "se.transport#1", Whose: sluss.Ours, Reason: "their word"}}
	must(t, declare(said))
	if len(y.started) != 2 {
		t.Errorf("started %v", y.started)
	}
}

// TestOnlyWhatIsOursIsChecked: a stranger's contact is needed by nobody.
func TestOnlyWhatIsOursIsChecked(t *testing.T) {
	sv, _ := newYard(t)
	d := strangers(t)
	d.Receiver.ID = "5560069618" // ours
	must(t, d.Set("legs.0.transporter.contact.phone", ""))
	_, err := sv.Declare(t.Context(), d, sluss.Person{Name: officer}, noon)
	must(t, err)
	must(t, d.Set("receiver.contact.phone", ""))
	d.Reference = "THEIRS-3"
	_, err = sv.Declare(t.Context(), d, sluss.Person{Name: officer}, noon)
	_ = faultsOf(t, err, "receiver.contact.phone")
}

func TestCompaniesOfThePeople(t *testing.T) {
	sv, _ := newYard(t)
	ctx, by := t.Context(), sluss.Person{Name: officer}
	_, _, err := sv.AddCompany(ctx, sluss.Company{Country: "SE", ID: "1", Sites: []string{"x"}, Roles: []sluss.Role{sluss.Officer}})
	_ = faultsOf(t, err, "by.name", "id", "name", "roles.0", "sites.0")
	company := sluss.Company{Country: "SE", ID: "556036-0793", Name: "Åkeri", Roles: []sluss.Role{sluss.Transporter}, Entry: sluss.Entry{By: by, Configured: true}}
	for _, want := range []bool{true, false} {
		added, fresh, err := sv.AddCompany(ctx, company)
		if must(t, err); fresh != want || added.ID != nobodys || added.Configured || added.At.IsZero() || added.By != by {
			t.Errorf("%v: %+v", fresh, added)
		}
	}
	_, err = sv.EndCompany(ctx, "", "SE", "556036-0793", sluss.Ending{At: time.Now().Add(time.Hour)})
	_ = faultsOf(t, err, "at", "by.name", "reason")
	end := sluss.Ending{By: by, Reason: "sold"}
	first, err := sv.EndCompany(ctx, "", "SE", "556036-0793", end)
	must(t, err)
	again, err := sv.EndCompany(ctx, "", "SE", nobodys, end) // after a lost answer
	if must(t, err); first.Ended == nil || again.Ended == nil || !again.Ended.At.Equal(first.Ended.At) {
		t.Errorf("%+v, %+v", first, again)
	}
	if _, err := sv.EndCompany(ctx, "", "SE", nobodys, sluss.Ending{By: by, Reason: "another"}); !errors.Is(err, service.ErrNoSuch) {
		t.Errorf("ended in another way: %v", err)
	}
	now, err := sv.Companies(ctx, sluss.DefaultTenant, false)
	must(t, err)
	all, err := sv.Companies(ctx, "", true)
	if must(t, err); slices.ContainsFunc(now, func(c sluss.Company) bool { return c.ID == nobodys }) || !slices.ContainsFunc(all, func(c sluss.Company) bool { return c.ID == nobodys }) {
		t.Errorf("%+v\n%+v", now, all)
	}
}

func TestMandatesOfThePeople(t *testing.T) {
	sv, _ := newYard(t)
	ctx, by := t.Context(), sluss.Person{Name: officer}
	_, _, err := sv.AddMandate(ctx, sluss.Mandate{Country: "SE", ID: nobodys, Name: "A", Duties: []string{"x"}, From: "x", As: "x"})
	_ = faultsOf(t, err, "as", "by.name", "duties.0", "evidence", "from")
	added, _, err := sv.AddMandate(ctx, sluss.Mandate{
		Country: "SE", ID: nobodys, Name: "A", Duties: []string{"se.removal"}, From: "2026-12-01", Evidence: "letter", As: sluss.AsItself, Entry: sluss.Entry{By: by},
	})
	must(t, err)
	ended, err := sv.EndMandate(ctx, "", added.Number, sluss.Ending{By: by, Reason: "over"})
	if must(t, err); ended.Number != added.Number || ended.Ended == nil || ended.Ended.Reason != "over" {
		t.Errorf("%+v", ended)
	}
	if _, err := sv.EndMandate(ctx, "", added.Number+1000, sluss.Ending{By: by, Reason: "over"}); !errors.Is(err, service.ErrNoSuch) {
		t.Errorf("%v", err)
	}
	if list, err := sv.Mandates(ctx, "", false); err != nil || slices.ContainsFunc(list, func(m sluss.Mandate) bool { return m.Number == added.Number }) {
		t.Errorf("%+v, %v", list, err)
	}
}

// TestTheirsIsShown with its clock; its receipt can be told also once the batch is closed.
func TestTheirsIsShown(t *testing.T) {
	sv, h, filing := openHall(t)
	ctx, by := t.Context(), sluss.Person{Name: officer}
	batch, _, err := filing.Split()
	must(t, err)
	event := sluss.Event{Kind: sluss.PickedUp, Leg: 1, At: noon, By: by}
	theirs := sluss.Obligation{
		ID: "se.removal", Registry: sluss.Avfallsregistret, Report: sluss.ReportRemoval, Role: sluss.Producer, Event: "pickedUp#1", Due: noon.AddDate(0, 0, 2), Theirs: true,
		Rule: sluss.Rule{ID: "se.removal", Statute: "Avfallsförordningen (2020:614)", Paragraph: "ch. 6 § 1", Title: "t"},
	}
	must(t, h.ledger.RecordEvent(ctx, sluss.EventRecord{Batch: batch, Event: event, Obligations: []sluss.Obligation{theirs}, At: noon}))
	must(t, h.ledger.CloseBatch(ctx, sluss.CloseRecord{Batch: batch, How: "treated", At: noon}))
	shown, err := sv.Show(ctx, batch)
	if must(t, err); len(shown.Theirs) != 1 || shown.Theirs[0].Obligation.ID != "se.removal" || !shown.Theirs[0].Late || len(shown.Owed) != 0 {
		t.Errorf("theirs %+v, owed %+v", shown.Theirs, shown.Owed)
	}
	id := batch.Filing("se.removal")
	if _, err := sv.SignByCode(ctx, service.CodeSignature{Filing: id, By: by}); !errors.Is(err, service.ErrRefused) || !strings.Contains(err.Error(), "starter duty default/") {
		t.Errorf("signed by a code: %v", err)
	}
	tell := func(receipt, reason string) (service.TheirState, error) {
		return sv.TellReceipt(ctx, id, service.Told{Receipt: receipt, Reason: reason, By: by})
	}
	const first, second = "072f294c-9e70-4cf6-b6a3-139922067ddc", "1b5c294c-9e70-4cf6-b6a3-139922067ddc"
	_, err = tell("0b5c", "")
	_ = faultsOf(t, err, "receipt")
	state, err := tell(first, "")
	if must(t, err); state.Receipt == nil || state.Receipt.ID != first || state.Receipt.Registry != sluss.Avfallsregistret {
		t.Errorf("%+v", state)
	}
	_, err = tell(second, "")
	_ = faultsOf(t, err, "reason")
	_, err = tell(second, "mistyped")
	must(t, err)
	_, err = sv.TellReceipt(ctx, filing, service.Told{Receipt: first, By: by})
	_ = faultsOf(t, err, "obligation")
	if shown, err = sv.Show(ctx, batch); err != nil || shown.Theirs[0].Receipt.Receipt.ID != second || shown.Theirs[0].Number != 2 || shown.Theirs[0].Late {
		t.Errorf("%+v, %v", shown.Theirs, err)
	}
	if _, err := sv.TellReceipt(ctx, sluss.NewBatchID("", "NONE").Filing("se.removal"), service.Told{}); !errors.Is(err, service.ErrNoSuch) {
		t.Errorf("%v", err)
	}
}

// TestADutyIsAssignedByACorrection, anew in the same place if it is said again.
func TestADutyIsAssignedByACorrection(t *testing.T) {
	sv, h, filing := openHall(t)
	ctx := t.Context()
	assign := func(whose sluss.Whose, reason string) error {
		_, err := sv.Assign(ctx, filing, service.Assignment{Whose: whose, Reason: reason, By: sluss.Person{Name: officer}, At: time.Now()})
		return err
	}
	must(t, assign(sluss.Theirs, "they said so"))
	must(t, assign(sluss.Ours, "mandate 12"))
	batch, obligation, err := filing.Split()
	must(t, err)
	known, err := sv.Ledger.Batch(ctx, batch)
	must(t, err)
	if want := []sluss.Duty{{Obligation: obligation, Whose: sluss.Ours, Reason: "mandate 12"}}; !slices.Equal(known.Declaration.Duties, want) || len(h.done) != 2 {
		t.Errorf("%+v", known.Declaration.Duties)
	}
	if faults := obligations.Validate(set(t, "se-waste-oil", "duties.0.obligation", "se.carriage", "duties.0.whose", "mine", "duties.1.obligation", "se.removal")); !slices.Equal(fieldsOf(faults), []string{"duties.0.obligation", "duties.0.reason", "duties.0.whose", "duties.1.reason", "duties.1.whose"}) {
		t.Errorf("%v", faults)
	}
}
