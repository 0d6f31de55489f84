package sluss_test

import (
	"slices"
	"testing"
	"time"

	"sluss"
)

var sweden = time.FixedZone("", 3600)

func carried() (sluss.Declaration, sluss.Obligation) {
	d := sluss.Declaration{
		Producer: sluss.Party{ID: "5560000167", Country: "SE"}, Receiver: sluss.Party{ID: "5560069618", Country: "SE"},
		Legs: []sluss.Leg{{Transporter: sluss.Party{ID: "5560065087", Country: "SE"}}},
	}
	return d, sluss.Obligation{
		ID: "se.transport#1", Rule: sluss.Rule{ID: "se.transport", Country: "SE"}, Registry: sluss.Avfallsregistret, Report: sluss.ReportTransport,
		Role: sluss.Transporter, Leg: 1, Event: "pickedUp#1",
	}
}

// TestMandateHoldsOnItsDays: both days are in it, in Swedish time, and an end counts from its moment.
func TestMandateHoldsOnItsDays(t *testing.T) {
	d, o := carried()
	from, until := time.Date(2026, 12, 1, 0, 0, 0, 0, sweden), time.Date(2027, 1, 1, 0, 0, 0, 0, sweden)
	ended := time.Date(2026, 12, 10, 9, 30, 0, 0, sweden)
	for name, test := range map[string]struct {
		at     time.Time
		change func(*sluss.Mandate)
		ours   bool
	}{
		"the second before the first day":          {at: from.Add(-time.Second)},
		"the first second":                         {at: from, ours: true},
		"the first second, written in UTC":         {at: time.Date(2026, 11, 30, 23, 0, 0, 0, time.UTC), ours: true},
		"the second before, on that day elsewhere": {at: time.Date(2026, 11, 30, 22, 59, 59, 0, time.UTC).In(time.FixedZone("", 5*3600))},
		"the last second":                          {at: until.Add(-time.Second), ours: true},
		"the second after":                         {at: until},
		"years later, without a last day":          {at: until.AddDate(9, 0, 0), change: func(m *sluss.Mandate) { m.Until = "" }, ours: true},
		"before its end":                           {at: ended.Add(-time.Second), change: func(m *sluss.Mandate) { m.Ended = &sluss.Ending{At: ended} }, ours: true},
		"at its end":                               {at: ended, change: func(m *sluss.Mandate) { m.Ended = &sluss.Ending{At: ended} }},
		"of another company":                       {at: from, change: func(m *sluss.Mandate) { m.ID = "5560000167" }},
		"of that number in another country":        {at: from, change: func(m *sluss.Mandate) { m.Country = "NO" }},
		"for the report":                           {at: from, change: func(m *sluss.Mandate) { m.Duties = []string{"removal", "transport"} }, ours: true},
		"for the rule":                             {at: from, change: func(m *sluss.Mandate) { m.Duties = []string{"se.transport"} }, ours: true},
		"for another duty":                         {at: from, change: func(m *sluss.Mandate) { m.Duties = []string{"se.removal", "reception"} }},
	} {
		m := sluss.Mandate{Country: "SE", ID: "5560065087", Duties: []string{sluss.AllDuties}, From: "2026-12-01", Until: "2026-12-31", As: sluss.AsAgent}
		if test.change != nil {
			test.change(&m)
		}
		got := sluss.Represented{Mandates: []sluss.Mandate{m}}.Whose(d, o, test.at)
		if got.Theirs == test.ours || got.Own {
			t.Errorf("%s: theirs %v, own %v, want ours %v", name, got.Theirs, got.Own, test.ours)
		}
	}
	summer := time.Date(2026, 6, 30, 22, 0, 0, 0, time.UTC) // 1 July in Sweden
	if day := sluss.DayOf(summer); day != "2026-07-01" {
		t.Errorf("day %s", day)
	}
}

func TestWhoseADutyIs(t *testing.T) {
	d, o := carried()
	at := time.Date(2026, 12, 1, 12, 0, 0, 0, sweden)
	company := func(id string, roles ...sluss.Role) sluss.Company {
		return sluss.Company{Country: "SE", ID: id, Roles: roles}
	}
	sold := company("5560065087")
	sold.Ended = &sluss.Ending{At: at}
	mandate := func(as sluss.Capacity) sluss.Mandate {
		return sluss.Mandate{Country: "SE", ID: "5560065087", Duties: []string{"transport"}, From: "2026-01-01", As: as}
	}
	said := func(whose sluss.Whose) []sluss.Duty {
		return []sluss.Duty{{Obligation: o.ID, Whose: whose, Reason: "x"}}
	}
	type represented = sluss.Represented
	for name, test := range map[string]struct {
		by          represented
		duties      []sluss.Duty
		report      sluss.ReportKind
		theirs, own bool
	}{
		"nobody":                             {theirs: true},
		"our company":                        {by: represented{Companies: []sluss.Company{company("5560065087")}}},
		"our company in this role":           {by: represented{Companies: []sluss.Company{company("5560065087", sluss.Producer, sluss.Transporter)}}},
		"our company in another role":        {by: represented{Companies: []sluss.Company{company("5560065087", sluss.Producer)}}, theirs: true},
		"a company that was ours":            {by: represented{Companies: []sluss.Company{sold}}, theirs: true},
		"another party is ours":              {by: represented{Companies: []sluss.Company{company("5560069618"), company("5560000167")}}, theirs: true},
		"its site":                           {by: represented{Companies: []sluss.Company{{Country: "SE", ID: "1", Sites: []string{"5560065087"}}}}},
		"as agent":                           {by: represented{Mandates: []sluss.Mandate{mandate(sluss.AsAgent)}}},
		"with its own credential":            {by: represented{Mandates: []sluss.Mandate{mandate(sluss.AsItself)}}, own: true},
		"both":                               {by: represented{Mandates: []sluss.Mandate{mandate(sluss.AsItself), mandate(sluss.AsAgent)}}},
		"said theirs":                        {by: represented{Companies: []sluss.Company{company("5560065087")}}, duties: said(sluss.Theirs), theirs: true},
		"said ours":                          {duties: said(sluss.Ours)},
		"said ours, with a mandate":          {by: represented{Mandates: []sluss.Mandate{mandate(sluss.AsItself)}}, duties: said(sluss.Ours), own: true},
		"a question about vehicles":          {report: sluss.ReportClearance},
		"such a question, said to be theirs": {report: sluss.ReportClearance, duties: said(sluss.Theirs), theirs: true},
	} {
		with, owed := d, o
		with.Duties = test.duties
		if test.report != "" {
			owed.Report = test.report
		}
		got := test.by.Whose(with, owed, at)
		if got.Theirs != test.theirs || got.Own != test.own {
			t.Errorf("%s: theirs %v, own %v, want %v and %v", name, got.Theirs, got.Own, test.theirs, test.own)
		}
	}
	again := o
	again.ID = o.ID.Again(2)
	d.Duties = said(sluss.Theirs)
	if !(sluss.Represented{Companies: []sluss.Company{company("5560065087")}}).Whose(d, again, at).Theirs {
		t.Error("a look-up once more is another duty")
	}
}

func TestOnlyWhatTheRegistryShowsIsFollowed(t *testing.T) {
	for _, registry := range sluss.Registries() {
		for _, report := range sluss.ReportKinds() {
			o := sluss.Obligation{Registry: registry, Report: report, Theirs: true}
			want := registry == sluss.Trackdechets && report != sluss.ReportPreflight
			if o.Followed() != want {
				t.Errorf("%s at %s: %v", report, registry, !want)
			}
			if o.Theirs = false; o.Followed() {
				t.Errorf("%s at %s is ours, and followed", report, registry)
			}
		}
	}
}

func TestWhoSpeaksForABatch(t *testing.T) {
	d, _ := carried()
	at := time.Date(2026, 12, 1, 12, 0, 0, 0, sweden)
	mandate := sluss.Mandate{Country: "SE", ID: "5560000167", From: "2027-01-01", Until: "2027-01-31"}
	over := mandate
	over.From, over.Until = "2026-01-01", "2026-11-30"
	ended := sluss.Company{Country: "SE", ID: "5560069618", Entry: sluss.Entry{Ended: &sluss.Ending{At: at}}}
	for name, test := range map[string]struct {
		by   sluss.Represented
		want bool
	}{
		"nobody":               {},
		"a mandate from later": {by: sluss.Represented{Mandates: []sluss.Mandate{mandate}}, want: true},
		"a mandate until then": {by: sluss.Represented{Mandates: []sluss.Mandate{over}}},
		"a company that ended": {by: sluss.Represented{Companies: []sluss.Company{ended}}},
		"the receiver":         {by: sluss.Represented{Companies: []sluss.Company{{Country: "SE", ID: "5560069618"}}}, want: true},
		"somebody else":        {by: sluss.Represented{Companies: []sluss.Company{{Country: "SE", ID: "5560360793"}}}},
	} {
		if got := test.by.Speaks(d.Parties(), at); got != test.want {
			t.Errorf("%s: %v", name, got)
		}
	}
	if !slices.ContainsFunc(d.Parties(), func(p sluss.Party) bool { return p.ID == "5560065087" }) {
		t.Error("the transporter is no party")
	}
}
