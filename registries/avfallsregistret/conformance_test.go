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

func wantOperator(t *testing.T, o sluss.Outcome, err error) {
	t.Helper()
	if !errors.Is(err, sluss.ErrOperator) || errors.Is(err, sluss.ErrNotSent) || o.Kind != "" {
		t.Errorf("want that an operator must help, got %+v, %v", o, err)
	}
}

// until is a context that is cancelled once something has happened, however long
// that takes on a busy machine.
func until(t *testing.T, happened func() bool) context.Context {
	t.Helper()
	ctx, leave := context.WithCancel(t.Context())
	t.Cleanup(leave)
	go func() {
		for ctx.Err() == nil && !happened() {
			time.Sleep(time.Millisecond)
		}
		leave()
	}()
	return ctx
}

func TestEveryFaultAndTheRecords(t *testing.T) {
	for name, c := range map[string]struct {
		fault    sim.Fault
		want     sluss.OutcomeKind
		detail   string
		status   int
		recorded int
		pause    time.Duration // of Deferred
	}{
		"too many, with time":          {sim.Fault{Kind: sim.TooMany, RetryAfterSeconds: 7}, sluss.Deferred, "fewer", 429, 0, 7 * time.Second},
		"too many, no time":            {sim.Fault{Kind: sim.TooMany}, sluss.Deferred, "fewer", 429, 0, time.Minute},
		"down, with time":              {sim.Fault{Kind: sim.Down, RetryAfterSeconds: 120}, sluss.Deferred, "out of service", 503, 0, 2 * time.Minute},
		"down, gateway's word":         {sim.Fault{Kind: sim.Down}, sluss.Deferred, "out of service", 503, 0, time.Minute},
		"bad gateway":                  {sim.Fault{Kind: sim.Down, Status: 502}, sluss.Unknown, "502", 502, 0, 0},
		"gateway timed out":            {sim.Fault{Kind: sim.Down, Status: 504}, sluss.Unknown, "504", 504, 0, 0},
		"request timed out":            {sim.Fault{Kind: sim.Down, Status: 408}, sluss.Unknown, "408", 408, 0, 0},
		"conflict":                     {sim.Fault{Kind: sim.Down, Status: 409}, sluss.Unknown, "409", 409, 0, 0},
		"lost request":                 {sim.Fault{Kind: sim.LostRequest}, sluss.Unknown, "lost", 0, 0, 0},
		"lost answer":                  {sim.Fault{Kind: sim.LostAnswer}, sluss.Unknown, "lost", 0, 1, 0},
		"failed after":                 {sim.Fault{Kind: sim.FailedAfter}, sluss.Unknown, "500", 500, 1, 0},
		"503 after":                    {sim.Fault{Kind: sim.FailedAfter, Status: 503}, sluss.Unknown, "503", 503, 1, 0},
		"HTML":                         {sim.Fault{Kind: sim.HTMLAnswer}, sluss.Unknown, "no waste id", 200, 1, 0},
		"null id":                      {sim.Fault{Kind: sim.NullID}, sluss.Unknown, "no waste id", 200, 1, 0},
		"too slow":                     {sim.Fault{Kind: sim.SlowAnswer, DelayMillis: 60_000}, sluss.Unknown, "lost", 0, 1, 0},
		"older answer":                 {sim.Fault{Kind: sim.OlderAnswer}, sluss.Accepted, "", 201, 1, 0},
		"other spelling":               {sim.Fault{Kind: sim.Respelt}, sluss.Accepted, "", 200, 1, 0},
		"slow":                         {sim.Fault{Kind: sim.SlowAnswer, DelayMillis: 1}, sluss.Accepted, "", 200, 1, 0},
		"token expired on the way":     {sim.Fault{Kind: sim.TokenExpired}, sluss.Accepted, "", 200, 1, 0},
		"forbidden":                    {sim.Fault{Kind: sim.Down, Status: 403}, "", "", 403, 0, 0},
		"no such address":              {sim.Fault{Kind: sim.Down, Status: 404}, "", "", 404, 0, 0},
		"method not allowed":           {sim.Fault{Kind: sim.Down, Status: 405}, "", "", 405, 0, 0},
		"gateway's 400":                {sim.Fault{Kind: sim.Down, Status: 400}, "", "", 400, 0, 0},
		"token refused again and over": {sim.Fault{Kind: sim.TokenExpired, Count: 2}, "", "", 401, 0, 0},
	} {
		t.Run(name, func(t *testing.T) {
			d, ctx := open(t, sim.Options{}), t.Context()
			if name == "too slow" {
				ctx = until(t, func() bool { return len(d.Notes()) > 0 })
			}
			d.fault(t, c.fault)
			before := time.Now()
			o, exchange, err := d.Submit(ctx, removal(example(t, "se-waste-oil")))
			if c.want == "" {
				wantOperator(t, o, err)
			} else if err != nil || o.Kind != c.want || !strings.Contains(o.Detail, c.detail) {
				t.Errorf("got %+v, %v", o, err)
			}
			if late := o.NotBefore.Sub(before); c.pause > 0 && (!o.Throttled || late < c.pause || late > c.pause+10*time.Second) {
				t.Errorf("deferred by %s (%+v), want %s", late, o, c.pause)
			}
			records := d.Notes()
			if len(records) != c.recorded || o.Kind == sluss.Accepted && o.Receipt.ID != records[0].AvfallID {
				t.Errorf("outcome %+v, records %+v", o, records)
			}
			if exchange.Status != c.status || exchange.Operation != "POST /transportplaneringar" || !strings.Contains(exchange.Request, "VO-2026-0101") ||
				exchange.Started.IsZero() || exchange.Ended.Before(exchange.Started) || uuid.Validate(exchange.TrackingID) != nil {
				t.Errorf("exchange %+v", exchange)
			}
			if c.recorded == 1 && records[0].TrackingID != exchange.TrackingID {
				t.Errorf("tracked as %q, recorded as %q", exchange.TrackingID, records[0].TrackingID)
			}
		})
	}
}

// TestPatienceEnds: a client waits for an answer no longer than its timeout. What
// was not sent by then, as on a busy machine, is sent again.
func TestPatienceEnds(t *testing.T) {
	d := open(t, sim.Options{}, func(o *avfallsregistret.Options) { o.Timeout = 300 * time.Millisecond })
	d.fault(t, sim.Fault{Kind: sim.SlowAnswer, DelayMillis: 60_000, Count: 1})
	err, deadline := sluss.ErrNotSent, time.Now().Add(time.Minute)
	var o sluss.Outcome
	for errors.Is(err, sluss.ErrNotSent) && time.Now().Before(deadline) {
		o, _, err = d.Submit(t.Context(), removal(example(t, "se-waste-oil")))
	}
	if err != nil || o.Kind != sluss.Unknown || !strings.Contains(o.Detail, "lost") {
		t.Errorf("%+v, %v", o, err)
	}
}

func TestNothingIsSentTwice(t *testing.T) {
	d := open(t, sim.Options{})
	s := removal(example(t, "se-lost-answer"))
	for range 3 {
		d.fault(t, sim.Fault{Kind: sim.LostAnswer})
		if o, _, err := d.Submit(t.Context(), s); err != nil || o.Kind != sluss.Unknown {
			t.Fatalf("%+v, %v", o, err)
		}
	}
	if n, counted := len(d.Notes()), d.Counters(); n != 3 || counted.Served != 3 {
		t.Errorf("%d notes, %+v of three submissions", n, counted)
	}
}

func TestEverySwitchOfTheWire(t *testing.T) {
	for name, options := range map[string]sim.Options{
		"as observed":             {},
		"201":                     {SuccessStatus: 201},
		"older key":               {SuccessStatus: 201, SuccessKey: "AvfallsId"},
		"key in capitals":         {SuccessKey: "AVFALLID"},
		"certificate at gateway":  {CertificateAtGateway: true},
		"no system id wanted":     {SystemIDOptional: true},
		"reporter of application": {Identity: sim.FromApplication, AppOrgnr: refinery.ID},
		"check digits":            {CheckDigits: true},
		"sub-codes":               {SubCodeRequired: true},
		"hazardous only":          {RefuseNonHazardous: true},
		"battery codes":           {BatteryCodes: sim.WithBatteryCodes},
		"production":              {Mode: sim.Production},
		"short tokens":            {TokenLife: time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			d := open(t, options)
			for _, s := range []sluss.Submission{removal(example(t, "se-waste-oil")), carriage(example(t, "se-waste-oil"), 1, nil), reception(example(t, "se-waste-oil"), nil)} {
				if receipt := accepted(t, d, s); receipt.Registry != sluss.Avfallsregistret || receipt.At.IsZero() {
					t.Errorf("%+v", receipt)
				}
			}
		})
	}
}

// rejections are switches and data that the registry refuses, with the codes that
// it answers and the fields of the declaration that they are translated to.
func TestRejectionsLeadToTheDeclaration(t *testing.T) {
	change := func(path, value string) func(*testing.T, *sluss.Declaration) {
		return func(t *testing.T, d *sluss.Declaration) {
			t.Helper()
			if err := d.Set(path, value); err != nil {
				t.Fatal(err)
			}
		}
	}
	second := func(d sluss.Declaration) sluss.Submission { return carriage(d, 2, nil) }
	received := func(d sluss.Declaration) sluss.Submission { return reception(d, nil) }
	for name, c := range map[string]struct {
		options sim.Options
		change  func(*testing.T, *sluss.Declaration)
		note    func(sluss.Declaration) sluss.Submission
		want    []string // code and field
	}{
		"word for a CFAR number": {
			sim.Options{RefuseCfarKommun: true},
			change("legs.0.from.establishment", "KOMMUN"), removal,
			[]string{"4097 legs.0.from.establishment", "4702 legs.0.from.address"},
		},
		"operator":         {sim.Options{}, change("producer.id", "55"), removal, []string{"1022 producer.id"}},
		"operator's name":  {sim.Options{}, change("producer.name", "Nordhamn <AB>"), removal, []string{"4028 producer.name"}},
		"contact":          {sim.Options{}, change("producer.contact.name", "Anna 2"), removal, []string{"4022 producer.contact.name"}},
		"e-mail":           {sim.Options{}, change("legs.1.transporter.contact.email", "eva"), second, []string{"4024 legs.1.transporter.contact.email"}},
		"telephone":        {sim.Options{}, change("legs.1.transporter.contact.phone", ""), second, []string{"4025 legs.1.transporter.contact.phone"}},
		"code":             {sim.Options{}, change("waste.code", "999999*"), removal, []string{"1111 waste.code"}},
		"code gone":        {sim.Options{BatteryCodes: sim.WithBatteryCodes}, change("waste.code", "160605"), removal, []string{"1111 waste.code"}},
		"not hazardous":    {sim.Options{RefuseNonHazardous: true}, change("waste.code", "160605"), removal, []string{"1111 waste.code"}},
		"no mass":          {sim.Options{}, change("waste.mass", "0"), removal, []string{"1121 waste.mass"}},
		"mode":             {sim.Options{}, change("legs.1.mode", "mule"), second, []string{"1131 legs.1.mode"}},
		"transporter":      {sim.Options{CheckDigits: true}, change("legs.0.transporter.id", "5560065088"), removal, []string{"1291 legs.0.transporter.id"}},
		"new holder":       {sim.Options{CheckDigits: true}, change("receiver.id", "5560069619"), second, []string{"1251 receiver.id"}},
		"previous holder":  {sim.Options{NotAsPreviousHolder: []string{"5560065087"}}, nil, second, []string{"4050 legs.0.transporter.id"}},
		"not as operator":  {sim.Options{NotAsOperator: []string{"2021003898"}}, nil, second, []string{"4051 legs.1.transporter.id"}},
		"origin":           {sim.Options{}, change("legs.0.from.municipality", "9999"), removal, []string{"4707 legs.0.from.municipality"}},
		"no municipality":  {sim.Options{}, change("legs.1.to.municipality", ""), removal, []string{"4106 legs.1.to.municipality"}},
		"postcode":         {sim.Options{}, change("legs.1.from.postcode", "1"), second, []string{"4405 legs.1.from.postcode"}},
		"no postcode":      {sim.Options{}, change("legs.1.to.postcode", ""), removal, []string{"4104 legs.1.to.postcode"}},
		"last handled":     {sim.Options{}, change("legs.1.from.address", "<"), received, []string{"4603 legs.1.from.address"}},
		"treated":          {sim.Options{}, change("legs.1.to.address", "<"), received, []string{"4303 legs.1.to.address"}},
		"country":          {sim.Options{}, change("legs.1.to.country", "XX"), second, []string{"1701 legs.1.to.country"}},
		"abroad":           {sim.Options{LandNeedsKommunkod: true}, change("legs.1.to.country", "DK"), second, nil}, // the municipality goes along
		"abroad, insisted": {sim.Options{LandNeedsKommunkod: true}, abroad, second, []string{"4506 legs.1.to.municipality"}},
		"shared codes": {
			sim.Options{SharedPlaceCodes: true},
			change("legs.1.to.municipality", "9999"), second,
			[]string{"1051 legs.1.to.municipality", "1051 legs.1.from.municipality"},
		},
		"bare municipality":       {sim.Options{}, bare, second, []string{"4502 legs.1.to.address"}},
		"bare municipality taken": {sim.Options{BareKommunkod: true}, bare, second, nil},
		"moment":                  {sim.Options{Tidpunkt: sim.Window{Past: time.Minute}}, nil, second, []string{"1032 events.handedOver#2.noted_at"}},
		"date":                    {sim.Options{Dates: sim.Window{Past: time.Minute}}, nil, second, []string{"1211 events.handedOver#2.at"}},
		"all at once": {
			sim.Options{ErrorCasing: sim.CamelCase}, func(t *testing.T, d *sluss.Declaration) {
				t.Helper()
				change("waste.mass", "0")(t, d)
				change("waste.code", "")(t, d)
				change("legs.0.from.postcode", "x")(t, d)
			}, removal, []string{"1112 waste.code", "1121 waste.mass", "4705 legs.0.from.postcode"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			d := open(t, c.options)
			batch := example(t, "se-two-transporters")
			if c.change != nil {
				c.change(t, &batch)
			}
			if c.want == nil {
				accepted(t, d, c.note(batch))
				return
			}
			o, exchange, err := d.Submit(t.Context(), c.note(batch))
			if err != nil || o.Kind != sluss.Rejected {
				t.Fatalf("got %+v, %v", o, err)
			}
			var got []string
			for _, reason := range o.Reasons {
				got = append(got, reason.Code+" "+reason.Field)
				if reason.Message == "" || reason.Original == "" || reason.Remedy == "" || strings.Contains(reason.Message, "catalogue") {
					t.Errorf("reason %+v", reason)
				}
			}
			slices.Sort(got)
			slices.Sort(c.want)
			if !slices.Equal(got, c.want) {
				t.Errorf("got %q, want %q", got, c.want)
			}
			if len(d.Notes()) != 0 || uuid.Validate(exchange.TraceID) != nil || exchange.Status != 400 {
				t.Errorf("exchange %+v", exchange)
			}
		})
	}
}

func abroad(t *testing.T, d *sluss.Declaration) {
	t.Helper()
	d.Legs[1].To = sluss.Place{Country: "DK"}
}

func bare(t *testing.T, d *sluss.Declaration) {
	t.Helper()
	d.Legs[1].To = sluss.Place{Country: "SE", Municipality: "1980"}
}

func TestUnknownEstablishmentIsCorrected(t *testing.T) {
	d := open(t, sim.Options{UnknownEstablishments: []string{"99999999"}})
	batch := example(t, "se-corrected")
	o, _, err := d.Submit(t.Context(), removal(batch))
	if err != nil || o.Kind != sluss.Rejected || len(o.Reasons) != 2 {
		t.Fatalf("got %+v, %v", o, err)
	}
	for _, reason := range o.Reasons {
		if reason.Field != "legs.0.from.establishment" || !strings.Contains(reason.Message, "CFAR number") || !strings.Contains(reason.Remedy, "clear the field") {
			t.Errorf("reason %+v", reason)
		}
	}
	if codes := o.Reasons[0].Code + " " + o.Reasons[1].Code; codes != "4713 4095" {
		t.Errorf("codes %s", codes)
	}
	accepted(t, d, carriage(batch, 1, nil)) // the start of a transport has no rule for CFAR numbers
	if o, _, err := d.Submit(t.Context(), reception(batch, nil)); err != nil || o.Kind != sluss.Rejected || o.Reasons[0].Code != "4613" {
		t.Errorf("reception: %+v, %v", o, err)
	}
	for _, establishment := range []string{"", "12345678"} {
		corrected, err := batch.Corrected(sluss.Correction{Set: map[string]string{"legs.0.from.establishment": establishment}})
		if err != nil {
			t.Fatal(err)
		}
		accepted(t, d, removal(corrected))
	}
}

func TestReporterThatTheRegistryDoesNotKnow(t *testing.T) {
	for name, options := range map[string]sim.Options{
		"certificate of another": {},
		"application of another": {Identity: sim.FromApplication, AppOrgnr: "2021004748"},
	} {
		t.Run(name, func(t *testing.T) {
			d := open(t, options, func(o *avfallsregistret.Options) {
				if options.Identity == sim.FromCertificate {
					o.Reporter.ID = "2021004748"
				}
			})
			o, _, err := d.Submit(t.Context(), removal(example(t, "se-waste-oil")))
			wantOperator(t, o, err)
			if err == nil || !strings.Contains(err.Error(), "1023") || len(d.Notes()) != 0 {
				t.Errorf("%v", err)
			}
		})
	}
}

func TestCallsIsWhatTheRegistryCounts(t *testing.T) {
	d := open(t, sim.Options{})
	s := removal(example(t, "se-waste-oil"))
	accepted(t, d, s)
	if n, err := d.Calls(t.Context(), s.Content); err != nil || n != d.Counters().Served {
		t.Errorf("%d calls, %v, counted %+v", n, err, d.Counters())
	}
}
