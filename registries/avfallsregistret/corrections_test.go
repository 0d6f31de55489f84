package avfallsregistret_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"sluss"
	"sluss/registries/avfallsregistret"
	sim "sluss/simulators/avfallsregistret"
)

func TestEveryNoteIsCorrectedAndAnnulled(t *testing.T) {
	for note, s := range everyNote(t) {
		t.Run(string(note), func(t *testing.T) {
			d := open(t, sim.Options{})
			first := accepted(t, d, s)
			s.Content.Declaration.Waste.Mass = 99_000
			if s.Content.Result != nil {
				s.Content.Result.Mass = 99_000
			}
			o, exchange, err := d.Replace(t.Context(), first.ID, s)
			if err != nil || o.Kind != sluss.Accepted || o.Receipt.ID == first.ID {
				t.Fatalf("%+v, %v; %s", o, err, exchange.Response)
			}
			records := d.Notes()
			if len(records) != 2 || records[0].ReplacedBy != o.Receipt.ID || records[1].Replaces != first.ID || records[1].AvfallID != o.Receipt.ID {
				t.Errorf("records %+v", records)
			}
			if exchange.Operation != "PUT /"+records[1].Path+"/"+first.ID || exchange.TrackingID != records[1].TrackingID || exchange.Request == "" {
				t.Errorf("exchange %+v", exchange)
			}

			o, exchange, err = d.Annul(t.Context(), o.Receipt.ID, avfallsregistret.WrongNote)
			if err != nil || o.Kind != sluss.Accepted || o.Receipt.ID != records[1].AvfallID || o.Receipt.Status != "annulled" {
				t.Fatalf("%+v, %v; %s", o, err, exchange.Response)
			}
			if got := d.Notes()[1].Annulled; got == nil || got.Reason != "FelAnteckningstyp" || got.By != refinery.ID {
				t.Errorf("records %+v", got)
			}
			if exchange.Operation != "DELETE /anteckningar" || !strings.Contains(exchange.Request, `"avfallsId":"`+records[1].AvfallID+`"`) {
				t.Errorf("exchange %+v", exchange)
			}
		})
	}
}

func TestCorrectionsThatTheRegistryRefuses(t *testing.T) {
	for name, options := range map[string]sim.Options{
		"400": {}, "404": {ChangeStatus: 404}, "409": {ChangeStatus: 409}, "422": {ChangeStatus: 422}, "camel case": {ErrorCasing: sim.CamelCase},
	} {
		t.Run(name, func(t *testing.T) {
			d := open(t, options)
			s := removal(example(t, "se-waste-oil"))
			first := accepted(t, d, s).ID
			carried := accepted(t, d, carriage(example(t, "se-waste-oil"), 1, nil)).ID
			second, _, err := d.Replace(t.Context(), first, s)
			if err != nil || second.Kind != sluss.Accepted {
				t.Fatalf("%+v, %v", second, err)
			}
			for what, c := range map[string]struct{ id, code string }{
				"superseded": {first, "3022"}, "another kind": {carried, "3023"}, "unknown": {uuid.NewString(), "1116"}, "no id": {"by telephone", "1118"},
			} {
				o, exchange, err := d.Replace(t.Context(), c.id, s)
				if err != nil || o.Kind != sluss.Rejected || o.Reasons[0].Code != c.code || o.Reasons[0].Message == "" || o.Reasons[0].Remedy == "" {
					t.Errorf("%s: %+v, %v; %s", what, o, err, exchange.Response)
				}
				if (exchange.Status == 0) != (c.code == "1118") {
					t.Errorf("%s: status %d", what, exchange.Status)
				}
			}
			if n := len(d.Notes()); n != 3 {
				t.Errorf("records hold %d", n)
			}
		})
	}
}

// It is not fully known when a note can be changed: each switch is tried both ways.
func TestWhenNotesMayBeChanged(t *testing.T) {
	late := evening
	clock := func() time.Time { return late }
	for name, c := range map[string]struct {
		options                   sim.Options
		replaced, annulled, again sluss.OutcomeKind // of an old note; of an annulled one: corrected, annulled again
		corrected                 sluss.OutcomeKind
	}{
		"as inferred":        {sim.Options{}, sluss.Accepted, sluss.Accepted, sluss.Rejected, sluss.Rejected},
		"within a day":       {sim.Options{ChangeWithin: 24 * time.Hour}, sluss.Rejected, sluss.Rejected, sluss.Rejected, sluss.Rejected},
		"annulled again":     {sim.Options{AnnulAnyVersion: true}, sluss.Accepted, sluss.Accepted, sluss.Accepted, sluss.Rejected},
		"annulled corrected": {sim.Options{CorrectAnnulled: true}, sluss.Accepted, sluss.Accepted, sluss.Rejected, sluss.Accepted},
		"problems as text":   {sim.Options{PlainProblems: true}, sluss.Accepted, sluss.Accepted, sluss.Rejected, sluss.Rejected},
	} {
		t.Run(name, func(t *testing.T) {
			late = evening
			c.options.Now = clock
			c.options.TokenLife = 100 * 24 * time.Hour
			d := open(t, c.options)
			s := removal(example(t, "se-waste-oil"))
			old, older, gone := accepted(t, d, s).ID, accepted(t, d, s).ID, accepted(t, d, s).ID
			if o, _, err := d.Annul(t.Context(), gone, avfallsregistret.SentTwice); err != nil || o.Kind != sluss.Accepted {
				t.Fatalf("%+v, %v", o, err)
			}
			late = evening.AddDate(0, 0, 2)
			replace := func(id string) sluss.OutcomeKind {
				o, _, err := d.Replace(t.Context(), id, s)
				if err != nil {
					t.Error(err)
				}
				return o.Kind
			}
			annul := func(id string) sluss.OutcomeKind {
				o, _, err := d.Annul(t.Context(), id, avfallsregistret.SentTwice)
				if err != nil || o.Kind == sluss.Rejected && (len(o.Reasons) != 1 || o.Reasons[0].Original == "" || o.Reasons[0].Remedy == "") {
					t.Errorf("%+v, %v", o, err)
				}
				return o.Kind
			}
			got := []sluss.OutcomeKind{replace(old), annul(older), annul(gone), replace(gone)}
			if want := []sluss.OutcomeKind{c.replaced, c.annulled, c.again, c.corrected}; !slices.Equal(got, want) {
				t.Errorf("got %v, want %v", got, want)
			}
		})
	}
}

func TestNotesOfOthersAreNotChanged(t *testing.T) {
	for name, forbid := range map[string]bool{"unknown": false, "forbidden": true} {
		t.Run(name, func(t *testing.T) {
			d := open(t, sim.Options{ForbidOthers: forbid})
			s := reception(example(t, "se-waste-oil"), nil)
			id := accepted(t, d, s).ID
			options := clientOptions(t, d.Registry, d.url, func(o *avfallsregistret.Options) { o.Reporter.ID = "2021004748" })
			certificate, err := d.Authority().ClientCertificate("2021004748", "Another")
			if err != nil {
				t.Fatal(err)
			}
			options.Certificate = certificate
			other, err := avfallsregistret.New(options)
			if err != nil {
				t.Fatal(err)
			}
			replaced, _, replacing := other.Replace(t.Context(), id, s)
			annulled, _, annulling := other.Annul(t.Context(), id, avfallsregistret.WrongOperator)
			if forbid {
				wantOperator(t, replaced, replacing)
				wantOperator(t, annulled, annulling)
			} else if replacing != nil || annulling != nil || replaced.Kind != sluss.Rejected || annulled.Kind != sluss.Rejected {
				t.Errorf("%+v, %v; %+v, %v", replaced, replacing, annulled, annulling)
			}
			if records := d.Notes(); len(records) != 1 || !records[0].Current() {
				t.Errorf("records %+v", records)
			}
		})
	}
}

func TestFaultsOfChangesAndTheRecords(t *testing.T) {
	for name, c := range map[string]struct {
		fault     sim.Fault
		replaced  sluss.OutcomeKind
		annulled  sluss.OutcomeKind
		effective bool // the records have changed, and it is found when asked
	}{
		"lost answer":      {sim.Fault{Kind: sim.LostAnswer}, sluss.Unknown, sluss.Unknown, true},
		"lost request":     {sim.Fault{Kind: sim.LostRequest}, sluss.Unknown, sluss.Unknown, false},
		"failed after":     {sim.Fault{Kind: sim.FailedAfter}, sluss.Unknown, sluss.Unknown, true},
		"timed out after":  {sim.Fault{Kind: sim.FailedAfter, Status: 504}, sluss.Unknown, sluss.Unknown, true},
		"HTML":             {sim.Fault{Kind: sim.HTMLAnswer}, sluss.Unknown, sluss.Unknown, true},
		"null id":          {sim.Fault{Kind: sim.NullID}, sluss.Unknown, sluss.Unknown, true},
		"slow":             {sim.Fault{Kind: sim.SlowAnswer, DelayMillis: 60_000}, sluss.Unknown, sluss.Unknown, true},
		"respelt":          {sim.Fault{Kind: sim.Respelt}, sluss.Accepted, sluss.Accepted, true},
		"408":              {sim.Fault{Kind: sim.Down, Status: 408}, sluss.Unknown, sluss.Unknown, false},
		"conflict":         {sim.Fault{Kind: sim.Down, Status: 409}, sluss.Unknown, sluss.Unknown, false},
		"too many":         {sim.Fault{Kind: sim.TooMany, RetryAfterSeconds: 9}, sluss.Deferred, sluss.Deferred, false},
		"token expired":    {sim.Fault{Kind: sim.TokenExpired}, sluss.Accepted, sluss.Accepted, true},
		"no such address":  {sim.Fault{Kind: sim.Down, Status: 404}, "", "", false},
		"refused for good": {sim.Fault{Kind: sim.TokenExpired, Count: 2}, "", "", false},
	} {
		t.Run(name, func(t *testing.T) {
			d := open(t, sim.Options{})
			// The caller of a slow answer gives up once the simulator has recorded the change.
			caller := func(changed func(sim.Note) bool) context.Context {
				if name != "slow" {
					return t.Context()
				}
				return until(t, func() bool { return slices.ContainsFunc(d.Notes(), changed) })
			}
			s := removal(example(t, "se-waste-oil"))
			id := accepted(t, d, s).ID
			c.fault.Method = "PUT"
			d.fault(t, c.fault)
			o, _, err := d.Replace(caller(func(n sim.Note) bool { return n.ReplacedBy != "" }), id, s)
			wantKind(t, c.replaced, o, err)
			records := d.Notes()
			if replaced := records[0].ReplacedBy != ""; replaced != c.effective || len(records) > 2 {
				t.Fatalf("records %+v", records)
			}
			found, _, err := d.FindReplacement(t.Context(), id, s)
			if c.effective != (err == nil && found.Kind == sluss.Accepted && found.Receipt.ID == records[0].ReplacedBy) || !c.effective && !errors.Is(err, sluss.ErrAbsent) {
				t.Errorf("found %+v, %v", found, err)
			}

			id = records[len(records)-1].AvfallID
			c.fault.Method = "DELETE"
			d.fault(t, c.fault)
			o, _, err = d.Annul(caller(func(n sim.Note) bool { return n.Annulled != nil }), id, avfallsregistret.WrongWaste)
			wantKind(t, c.annulled, o, err)
			records = d.Notes()
			if annulled := records[len(records)-1].Annulled != nil; annulled != c.effective {
				t.Fatalf("records %+v", records)
			}
			found, _, err = d.FindAnnulment(t.Context(), id, avfallsregistret.WrongWaste)
			if c.effective != (err == nil && found.Kind == sluss.Accepted && found.Receipt.ID == id) || !c.effective && !errors.Is(err, sluss.ErrAbsent) {
				t.Errorf("found %+v, %v", found, err)
			}
		})
	}
}

// wantKind checks the kind of an outcome; an empty kind means that an operator must
// help.
func wantKind(t *testing.T, want sluss.OutcomeKind, o sluss.Outcome, err error) {
	t.Helper()
	if want == "" {
		wantOperator(t, o, err)
	} else if err != nil || o.Kind != want {
		t.Errorf("got %+v, %v, want %s", o, err, want)
	}
}

func TestFindingChangesIsInDoubt(t *testing.T) {
	s := removal(example(t, "se-waste-oil"))
	for name, back := range map[string]bool{"ersattAv points on": false, "ersattAv points back": true} {
		t.Run(name, func(t *testing.T) {
			d := open(t, sim.Options{ErsattAvPointsBack: back})
			first := accepted(t, d, s).ID
			other := accepted(t, d, s).ID // sent twice: not a version of the first
			if _, _, err := d.FindReplacement(t.Context(), first, s); !errors.Is(err, sluss.ErrAbsent) {
				t.Errorf("before: %v", err)
			}
			second, _, err := d.Replace(t.Context(), first, s)
			if err != nil {
				t.Fatal(err)
			}
			if found, _, err := d.FindReplacement(t.Context(), first, s); err != nil || found.Receipt.ID != second.Receipt.ID {
				t.Errorf("%+v, %v", found, err)
			}
			if _, _, err := d.FindReplacement(t.Context(), other, s); !errors.Is(err, sluss.ErrAbsent) {
				t.Errorf("of another: %v", err)
			}
			if _, _, err := d.FindAnnulment(t.Context(), first, avfallsregistret.SentTwice); !errors.Is(err, sluss.ErrAbsent) {
				t.Errorf("not annulled: %v", err)
			}
			if _, _, err := d.FindAnnulment(t.Context(), uuid.NewString(), avfallsregistret.SentTwice); !errors.Is(err, sluss.ErrCannotAsk) {
				t.Errorf("unknown: %v", err)
			}
			if _, _, err := d.Annul(t.Context(), other, avfallsregistret.SentTwice); err != nil {
				t.Fatal(err)
			}
			if _, _, err := d.FindAnnulment(t.Context(), other, avfallsregistret.WrongWaste); !errors.Is(err, sluss.ErrCannotAsk) {
				t.Errorf("annulled for another reason: %v", err)
			}
			third, _, err := d.Replace(t.Context(), second.Receipt.ID, s)
			if err != nil || third.Kind != sluss.Accepted {
				t.Fatalf("%+v, %v", third, err)
			}
			if found, _, err := d.FindReplacement(t.Context(), second.Receipt.ID, s); err != nil || found.Receipt.ID != third.Receipt.ID {
				t.Errorf("the third version: %+v, %v", found, err)
			}
		})
	}
	t.Run("production", func(t *testing.T) {
		d := open(t, sim.Options{Mode: sim.Production}, func(o *avfallsregistret.Options) { o.Readable = false })
		id := accepted(t, d, s).ID
		if _, _, err := d.FindReplacement(t.Context(), id, s); !errors.Is(err, sluss.ErrCannotAsk) {
			t.Error(err)
		}
		if _, _, err := d.FindAnnulment(t.Context(), id, avfallsregistret.SentTwice); !errors.Is(err, sluss.ErrCannotAsk) {
			t.Error(err)
		}
		if n := d.Counters().Served; n != 1 {
			t.Errorf("%d calls", n)
		}
	})
}

func TestAnnulmentsThatAreNotSent(t *testing.T) {
	d := open(t, sim.Options{})
	o, exchange, err := d.Annul(t.Context(), "by telephone", avfallsregistret.SentTwice)
	if err != nil || o.Kind != sluss.Rejected || o.Reasons[0].Code != "1118" || exchange.Status != 0 {
		t.Errorf("%+v, %v", o, err)
	}
	o, _, err = d.Annul(t.Context(), uuid.NewString(), "Misstag")
	wantOperator(t, o, err)
	if reason, err := avfallsregistret.ParseAnnulReason("FelVU"); err != nil || reason != avfallsregistret.WrongOperator {
		t.Errorf("%s, %v", reason, err)
	}
	if _, err := avfallsregistret.ParseAnnulReason("Misstag"); err == nil || !strings.Contains(err.Error(), "SkickatDubbelt") {
		t.Errorf("%v", err)
	}
	if d.Counters().Served != 0 {
		t.Errorf("%+v", d.Counters())
	}
}
