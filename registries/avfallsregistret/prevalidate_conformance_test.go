package avfallsregistret_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"sluss"
	"sluss/registries/avfallsregistret"
	sim "sluss/simulators/avfallsregistret"
)

// told returns the reasons as code and field, and fails if one has no remedy.
func told(t *testing.T, reasons []sluss.Reason) []string {
	t.Helper()
	var lines []string
	for _, r := range reasons {
		lines = append(lines, r.Code+" "+r.Field)
		if r.Message == "" || r.Remedy == "" {
			t.Errorf("reason %+v", r)
		}
	}
	return lines
}

// The faults found before sending are those that the registry would answer: the same
// codes, the same fields, in the same order, all at once.
func TestFaultsBeforeSendingAreThoseOfTheAnswer(t *testing.T) {
	second := func(d sluss.Declaration) sluss.Submission { return carriage(d, 2, nil) }
	received := func(d sluss.Declaration) sluss.Submission { return reception(d, nil) }
	for name, c := range map[string]struct {
		set  map[string]string
		note func(sluss.Declaration) sluss.Submission
		want int // codes at least
	}{
		"removal without fault":   {nil, removal, 0},
		"transport without fault": {nil, second, 0},
		"reception without fault": {nil, received, 0},
		"everything about the producer": {map[string]string{
			"producer.id": "55", "producer.name": "A*B", "producer.contact.name": "Anna 2", "producer.contact.email": "anna", "producer.contact.phone": "ring",
		}, removal, 5},
		"nothing about the producer": {map[string]string{
			"producer.id": "", "producer.name": "", "producer.contact.name": "", "producer.contact.email": "", "producer.contact.phone": "",
		}, removal, 5},
		"waste": {map[string]string{"waste.code": "1302", "waste.mass": "0"}, second, 2},
		"waste without code, unknown to the list": {map[string]string{"waste.code": "999999*"}, second, 1},
		"places": {map[string]string{
			"legs.1.from.postcode": "1", "legs.1.from.address": "<", "legs.1.to.municipality": "19", "legs.1.to.postcode": "",
		}, second, 4},
		"position": {map[string]string{
			"legs.0.from.address": "", "legs.0.from.postcode": "", "legs.0.from.position.northing": "12", "legs.0.from.position.description": "{}",
		}, removal, 3},
		"establishment": {map[string]string{"legs.0.from.establishment": "123"}, removal, 2},
		"parties":       {map[string]string{"legs.0.transporter.id": "x", "receiver.id": "y", "legs.1.mode": ""}, second, 3},
		"mode":          {map[string]string{"legs.0.mode": "mule"}, removal, 1},
		"treatment":     {map[string]string{"legs.1.to.address": "<", "legs.1.from.municipality": ""}, received, 2},
	} {
		t.Run(name, func(t *testing.T) {
			d := open(t, sim.Options{BareKommunkod: true})
			lists, err := d.ReferenceData(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			batch := example(t, "se-two-transporters")
			for path, value := range c.set {
				if err := batch.Set(path, value); err != nil {
					t.Fatal(err)
				}
			}
			s := c.note(batch)
			found, err := d.Client.Faults(s.Content, lists)
			if err != nil {
				t.Fatal(err)
			}
			o, _, err := d.Submit(t.Context(), s)
			if err != nil {
				t.Fatal(err)
			}
			before, after := told(t, found), told(t, o.Reasons)
			if !slices.Equal(before, after) || len(before) < c.want || (c.want == 0) != (o.Kind == sluss.Accepted) {
				t.Errorf("before sending %q,\nanswered %s %q", before, o.Kind, after)
			}
			for i, r := range found {
				if r.Original != "" || r.Message != o.Reasons[i].Message || r.Remedy != o.Reasons[i].Remedy {
					t.Errorf("before %+v, after %+v", r, o.Reasons[i])
				}
			}
		})
	}
}

// Notes of a deal and of a quarterly result belong to no leg.
func TestFaultsOfDealsAndResults(t *testing.T) {
	d := open(t, sim.Options{})
	lists, err := d.ReferenceData(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	batch := example(t, "se-waste-oil")
	batch.Waste.Mass = 0
	batch.Deals = []sluss.Deal{{Trader: refinery, From: batch.Producer, To: sluss.Party{Country: "SE", ID: "55"}, At: evening}}
	none := sluss.Mass(0)
	for name, c := range map[string]struct {
		content sluss.Content
		want    []string
	}{
		"deal": {
			sluss.Content{Declaration: batch, Obligation: sluss.Obligation{Report: sluss.ReportDeal, Deal: 1}},
			[]string{"1121 waste.mass", "1251 deals.0.to.id"},
		},
		"result": {
			sluss.Content{Obligation: sluss.Obligation{Report: sluss.ReportTreatment}, Result: &sluss.Result{
				Quarter: sluss.Quarter{Year: 2026, Number: 3}, Treater: refinery, Code: "130205*", Mass: 5 * sluss.Kilogram,
				Methods: []sluss.Method{{Operation: "R9"}, {Operation: "R9"}, {Operation: "R99"}},
				Yield:   sluss.Yield{Product: &none, Oil: &sluss.OilYield{Kind: "99"}},
			}},
			[]string{"5102 result.methods", "1148 result.methods", "1321 result.product", "1513 result.oil.kind"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			found, err := d.Client.Faults(c.content, lists)
			if err != nil {
				t.Fatal(err)
			}
			o, _, err := d.Submit(t.Context(), sluss.Submission{Content: c.content})
			if before, after := told(t, found), told(t, o.Reasons); err != nil || !slices.Equal(before, c.want) || !slices.Equal(before, after) {
				t.Errorf("before sending %q,\nanswered %q, %v,\nwant %q", before, after, err, c.want)
			}
		})
	}
}

// A party abroad without a VAT number cannot be sent, and there is one reason for
// it, not two.
func TestFaultsOfWhatCannotBeWorded(t *testing.T) {
	d := open(t, sim.Options{})
	batch := example(t, "se-two-transporters")
	batch.Receiver.Country, batch.Receiver.VAT, batch.Waste.Mass = "DK", "", 0
	found, err := d.Client.Faults(carriage(batch, 2, nil).Content, avfallsregistret.ReferenceData{})
	if lines := told(t, found); err != nil || !slices.Equal(lines, []string{"1252 receiver.vat", "1121 waste.mass"}) || !strings.Contains(found[0].Remedy, "VAT number") {
		t.Errorf("%+v, %v", found, err)
	}
}

// What depends on unknown rules of the registry, or on lists that it does not
// publish, is not refused: only the registry can decide.
func TestFaultsAskForNoMoreThanIsKnown(t *testing.T) {
	for name, c := range map[string]struct {
		options sim.Options
		set     map[string]string
		code    string
	}{
		"bare municipality": {sim.Options{}, map[string]string{"legs.1.to.address": "", "legs.1.to.postcode": ""}, "4502"},
		"municipality":      {sim.Options{}, map[string]string{"legs.1.to.municipality": "9999"}, "4507"},
		"country":           {sim.Options{}, map[string]string{"legs.1.to.country": "ZZ"}, "1701"},
		"CFAR":              {sim.Options{UnknownEstablishments: []string{"99999999"}}, map[string]string{"legs.1.to.establishment": "99999999"}, "4513"},
		"check digit":       {sim.Options{CheckDigits: true}, map[string]string{"receiver.id": "5560069619"}, "1251"},
		"special holder":    {sim.Options{NotAsPreviousHolder: []string{"5560065087"}}, nil, "4050"},
		"moment":            {sim.Options{Tidpunkt: sim.Window{Past: time.Minute}}, nil, "1032"},
		"date":              {sim.Options{Dates: sim.Window{Past: time.Minute}}, nil, "1211"},
	} {
		t.Run(name, func(t *testing.T) {
			d := open(t, c.options)
			batch := example(t, "se-two-transporters")
			for path, value := range c.set {
				if err := batch.Set(path, value); err != nil {
					t.Fatal(err)
				}
			}
			s := carriage(batch, 2, nil)
			found, err := d.Client.Faults(s.Content, avfallsregistret.ReferenceData{})
			o, _, failed := d.Submit(t.Context(), s)
			if err != nil || len(found) != 0 || failed != nil || len(o.Reasons) == 0 || o.Reasons[0].Code != c.code {
				t.Errorf("before sending %+v, %v; answered %+v, %v", found, err, o, failed)
			}
		})
	}
}

func TestFaultsOfTheReporter(t *testing.T) {
	d := open(t, sim.Options{}, func(o *avfallsregistret.Options) {
		o.Reporter.Name, o.Reporter.Contact.Email = "R*", "r"
	})
	found, err := d.Client.Faults(removal(example(t, "se-waste-oil")).Content, avfallsregistret.ReferenceData{})
	if lines := told(t, found); err != nil || !slices.Equal(lines, []string{"4032 ", "4036 "}) || !strings.Contains(found[0].Remedy, "reporter.name") {
		t.Errorf("%+v, %v", found, err)
	}
	if _, err := d.Client.Faults(sluss.Content{Obligation: sluss.Obligation{Report: sluss.ReportClearance}}, avfallsregistret.ReferenceData{}); err == nil {
		t.Error("a note of another registry has no fault")
	}
}
