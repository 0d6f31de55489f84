package companies

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"sluss"
	"sluss/registries/trackdechets/bsdd"
	"sluss/registries/trackdechets/reasons"
	"sluss/registries/trackdechets/wire"
)

func registered(types ...string) *wire.CompanyInfo {
	return &wire.CompanyInfo{OrgId: "00000000283390", IsRegistered: true, CompanyTypes: types}
}

func with(e *wire.CompanyInfo, change func(*wire.CompanyInfo)) *wire.CompanyInfo {
	change(e)
	return e
}

func TestWhatStandsAgainstAPart(t *testing.T) {
	transport := time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC)
	carrier := func(until time.Time) *wire.CompanyInfo {
		return with(registered("TRANSPORTER"), func(e *wire.CompanyInfo) {
			e.TransporterReceipt = &wire.CompanyInfoTransporterReceipt{ReceiptNumber: "R", ValidityLimit: wire.DateTime(until)}
		})
	}
	trades := func(until time.Time) *wire.CompanyInfo {
		return with(registered("TRADER", "BROKER"), func(e *wire.CompanyInfo) {
			e.TraderReceipt = &wire.CompanyInfoTraderReceipt{ReceiptNumber: "N", ValidityLimit: wire.DateTime(until)}
			e.BrokerReceipt = &wire.CompanyInfoBrokerReceipt{ReceiptNumber: "C", ValidityLimit: wire.DateTime(until)}
		})
	}
	bare := registered("TRANSPORTER")
	harmless := with(registered("COLLECTOR"), func(e *wire.CompanyInfo) { e.CollectorTypes = []string{"NON_DANGEROUS_WASTES"} })
	hazardous := with(registered("WASTEPROCESSOR"), func(e *wire.CompanyInfo) { e.WasteProcessorTypes = []string{"DANGEROUS_WASTES_INCINERATION"} })
	sleeping := with(registered("PRODUCER", "BROKER"), func(e *wire.CompanyInfo) { e.IsDormant = true })
	organisme := registered("ECO_ORGANISME")
	for name, test := range map[string]struct {
		label  string
		entry  *wire.CompanyInfo
		change func(*participant)
		want   []string
		blocks bool
	}{
		"producer":                           {label: reasons.Emitter, entry: registered("PRODUCER")},
		"producer that is not known":         {label: reasons.Emitter, want: []string{notRegistered}},
		"producer without number":            {label: reasons.Emitter, change: func(p *participant) { p.company.ID = "" }, want: []string{badNumber}, blocks: true},
		"producer that is dormant":           {label: reasons.Emitter, entry: sleeping, want: []string{dormant}, blocks: true},
		"producer that is an organisme":      {label: reasons.Emitter, entry: organisme, want: []string{wrongProfile}, blocks: true},
		"transporter":                        {label: reasons.Transporter, entry: carrier(transport.AddDate(1, 0, 0))},
		"transporter that is not one":        {label: reasons.Transporter, entry: registered("PRODUCER"), want: []string{wrongProfile, noReceipt}, blocks: true},
		"transporter without receipt":        {label: reasons.Transporter, entry: bare, want: []string{noReceipt}, blocks: true},
		"transporter by rail":                {label: reasons.Transporter, entry: bare, change: func(p *participant) { p.mode = sluss.Rail }},
		"transporter from abroad":            {label: reasons.Transporter, entry: bare, change: func(p *participant) { p.company.Country = "DE" }},
		"receipt that expires":               {label: reasons.Transporter, entry: carrier(transport.AddDate(0, 0, -1)), want: []string{receiptExpires}},
		"receipt that lasts long enough":     {label: reasons.Transporter, entry: carrier(transport)},
		"transporter that is not known":      {label: reasons.Transporter, want: []string{notRegistered}, blocks: true},
		"transporter that is not registered": {label: reasons.Transporter, entry: with(carrier(transport), func(e *wire.CompanyInfo) { e.IsRegistered = false }), want: []string{notRegistered}, blocks: true},
		"destination":                        {label: reasons.Recipient, entry: hazardous},
		"destination that is not one":        {label: reasons.Recipient, entry: registered("TRANSPORTER"), want: []string{wrongProfile}, blocks: true},
		"destination of harmless waste":      {label: reasons.Recipient, entry: harmless, change: func(p *participant) { p.dangerous = false }},
		"destination of harmless waste only": {label: reasons.Recipient, entry: harmless, want: []string{wrongProfile}, blocks: true},
		"destination of an older profile":    {label: reasons.Recipient, entry: registered("COLLECTOR")},
		"destination that is closed":         {label: reasons.Recipient, entry: with(registered("COLLECTOR"), func(e *wire.CompanyInfo) { e.EtatAdministratif = "F" }), want: []string{closed}, blocks: true},
		"destination that is not known":      {label: reasons.Recipient, want: []string{notRegistered}, blocks: true},
		"trader":                             {label: reasons.Trader, entry: trades(transport.AddDate(1, 0, 0))},
		"broker":                             {label: reasons.Broker, entry: trades(transport.AddDate(1, 0, 0))},
		"broker that is dormant":             {label: reasons.Broker, entry: sleeping, want: []string{dormant, noReceipt}, blocks: true},
		"trader that is none":                {label: reasons.Trader, entry: registered("PRODUCER"), want: []string{wrongProfile, noReceipt}, blocks: true},
		"trader without receipt":             {label: reasons.Trader, entry: with(trades(transport), func(e *wire.CompanyInfo) { e.TraderReceipt = nil }), want: []string{noReceipt}, blocks: true},
		"broker without receipt":             {label: reasons.Broker, entry: with(trades(transport), func(e *wire.CompanyInfo) { e.BrokerReceipt = nil }), want: []string{noReceipt}, blocks: true},
		"broker whose receipt expires":       {label: reasons.Broker, entry: trades(transport.AddDate(0, 0, -1)), want: []string{receiptExpires}},
		"intermediary":                       {label: reasons.Intermediary, entry: registered("PRODUCER")},
		"organisme":                          {label: reasons.EcoOrganisme, entry: organisme, change: func(p *participant) { p.company.ID = "00000000000042" }},
		"organisme that is none":             {label: reasons.EcoOrganisme, entry: registered("PRODUCER"), want: []string{wrongProfile, notListed}, blocks: true},
	} {
		p := participant{sluss.Party{ID: "00000000283390", Country: "FR"}, test.label, "here", true, sluss.Road, transport}
		if test.change != nil {
			test.change(&p)
		}
		var codes []string
		for _, f := range p.examine(test.entry, []sluss.Party{{ID: "00000000000042"}}) {
			codes = append(codes, f.code)
			if f.blocks != test.blocks || f.Field != "here.id" || f.Problem == "" || f.Remedy == "" {
				t.Errorf("%s: %+v", name, f)
			}
		}
		if !slices.Equal(codes, test.want) {
			t.Errorf("%s: %q, want %q", name, codes, test.want)
		}
	}
}

func TestParticipants(t *testing.T) {
	for name, test := range map[string]struct {
		example string
		change  func(*sluss.Declaration)
		want    []string
	}{
		"direct": {"fr-solvents", nil, []string{"émetteur producer", "transporteur legs.0.transporter", "destinataire receiver"}},
		"two transporters": {"fr-two-transporters", nil, []string{
			"émetteur producer", "transporteur legs.0.transporter", "transporteur legs.1.transporter", "destinataire receiver",
		}},
		"a storage": {"fr-temporary-storage", nil, []string{
			"émetteur producer", "transporteur legs.0.transporter", "destinataire legs.1.consignor", "transporteur legs.1.transporter", "destinataire receiver",
		}},
		"a private individual": {"fr-solvents", func(d *sluss.Declaration) { d.Origin = sluss.Household }, []string{"transporteur legs.0.transporter", "destinataire receiver"}},
		"a round": {"fr-solvents", func(d *sluss.Declaration) {
			d.Pickups = []sluss.Pickup{{Producer: d.Producer}, {Producer: d.Producer}}
		}, []string{"émetteur producer", "émetteur pickups.0.producer", "émetteur pickups.1.producer", "transporteur legs.0.transporter", "destinataire receiver"}},
		"a trader and an intermediary": {"fr-solvents", func(d *sluss.Declaration) {
			d.Deals, d.Intermediaries = []sluss.Deal{{Trader: d.Producer}}, []sluss.Party{d.Producer}
		}, []string{"émetteur producer", "négociant deals.0.trader", "intermédiaires intermediaries.0", "transporteur legs.0.transporter", "destinataire receiver"}},
	} {
		raw, err := os.ReadFile(filepath.Join("..", "..", "..", "examples", test.example+".json"))
		if err != nil {
			t.Fatal(err)
		}
		var d sluss.Declaration
		if err := json.Unmarshal(raw, &d); err != nil {
			t.Fatal(err)
		}
		if test.change != nil {
			test.change(&d)
		}
		doc, err := bsdd.New(sluss.Submission{Content: sluss.Content{Declaration: d}})
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, p := range participants(doc) {
			got = append(got, p.label+" "+p.path)
		}
		if !slices.Equal(got, test.want) {
			t.Errorf("%s: %q, want %q", name, got, test.want)
		}
	}
}
