package avfallsregistret_test

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"strings"
	"testing"
	"time"

	"sluss"
	"sluss/registries/avfallsregistret"
	sim "sluss/simulators/avfallsregistret"
)

func TestFindAfterALostAnswer(t *testing.T) {
	for name, note := range map[string]func(sluss.Declaration) sluss.Submission{
		"removal": removal,
		"transport": func(d sluss.Declaration) sluss.Submission {
			return carriage(d, 1, map[string]sluss.Receipt{"se.removal": {ID: "072f294c-9e70-4cf6-b6a3-139922067ddc"}})
		},
		"reception": func(d sluss.Declaration) sluss.Submission { return reception(d, nil) },
	} {
		t.Run(name, func(t *testing.T) {
			d := open(t, sim.Options{})
			oil := example(t, "se-lost-answer")
			s := note(oil)
			if _, _, err := d.Find(t.Context(), s); !errors.Is(err, sluss.ErrAbsent) {
				t.Errorf("before: %v", err)
			}
			// Others of the batch, and another batch of the same parties.
			oil.Reference = "VO-2026-0199"
			accepted(t, d, note(oil))
			for _, other := range []sluss.Submission{removal(example(t, "se-lost-answer")), carriage(example(t, "se-lost-answer"), 1, nil), reception(example(t, "se-lost-answer"), nil)} {
				if other.Content.Obligation.ID != s.Content.Obligation.ID {
					accepted(t, d, other)
				}
			}
			if _, _, err := d.Find(t.Context(), s); !errors.Is(err, sluss.ErrAbsent) {
				t.Errorf("among others: %v", err)
			}
			d.fault(t, sim.Fault{Kind: sim.LostRequest})
			if o, _, err := d.Submit(t.Context(), s); err != nil || o.Kind != sluss.Unknown {
				t.Fatalf("%+v, %v", o, err)
			}
			if _, _, err := d.Find(t.Context(), s); !errors.Is(err, sluss.ErrAbsent) {
				t.Errorf("after a lost request: %v", err)
			}
			d.fault(t, sim.Fault{Kind: sim.LostAnswer})
			if o, _, err := d.Submit(t.Context(), s); err != nil || o.Kind != sluss.Unknown {
				t.Fatalf("%+v, %v", o, err)
			}
			o, exchange, err := d.Find(t.Context(), s)
			records := d.Notes()
			if err != nil || o.Kind != sluss.Accepted || o.Receipt.ID != records[len(records)-1].AvfallID {
				t.Fatalf("found %+v, %v", o, err)
			}
			if exchange.Operation != "GET /anteckningar" || exchange.Status != 200 || !strings.Contains(exchange.Response, o.Receipt.ID) {
				t.Errorf("exchange %+v", exchange)
			}
			accepted(t, d, s) // sent once more by somebody: now nobody can tell
			if _, _, err := d.Find(t.Context(), s); !errors.Is(err, sluss.ErrCannotAsk) {
				t.Errorf("two alike: %v", err)
			}
		})
	}
}

func TestFindTellsTheLegsOfOneTransporterApart(t *testing.T) {
	d := open(t, sim.Options{})
	oil := example(t, "se-two-transporters")
	oil.Legs[1].Transporter = oil.Legs[0].Transporter
	accepted(t, d, carriage(oil, 1, nil))
	if _, _, err := d.Find(t.Context(), carriage(oil, 2, nil)); !errors.Is(err, sluss.ErrAbsent) {
		t.Errorf("%v", err)
	}
}

func TestFindWhereTheRegistryCannotSay(t *testing.T) {
	s := removal(example(t, "se-waste-oil"))
	t.Run("production by configuration", func(t *testing.T) {
		d := open(t, sim.Options{}, func(o *avfallsregistret.Options) { o.Readable = false })
		if _, exchange, err := d.Find(t.Context(), s); !errors.Is(err, sluss.ErrCannotAsk) || exchange.Operation == "" || d.Counters().Served != 0 {
			t.Errorf("%v, %+v", err, exchange)
		}
	})
	t.Run("production by answer", func(t *testing.T) {
		d := open(t, sim.Options{Mode: sim.Production})
		if _, _, err := d.Find(t.Context(), s); !errors.Is(err, sluss.ErrCannotAsk) {
			t.Errorf("%v", err)
		}
	})
	for name, f := range map[string]sim.Fault{
		"down": {Kind: sim.Down}, "bad gateway": {Kind: sim.Down, Status: 502}, "too many": {Kind: sim.TooMany, RetryAfterSeconds: 60},
		"lost": {Kind: sim.LostRequest},
	} {
		t.Run(name, func(t *testing.T) {
			d := open(t, sim.Options{})
			d.fault(t, f)
			o, _, err := d.Find(t.Context(), s)
			if err != nil || o.Kind != sluss.Deferred || o.NotBefore.Before(time.Now().Add(30*time.Second)) || o.Throttled != (name == "too many" || name == "down") {
				t.Errorf("%+v, %v", o, err)
			}
		})
	}
	t.Run("forbidden", func(t *testing.T) {
		d := open(t, sim.Options{})
		d.fault(t, sim.Fault{Kind: sim.Down, Status: 403})
		o, _, err := d.Find(t.Context(), s)
		wantOperator(t, o, err)
	})
	t.Run("token expired", func(t *testing.T) {
		d := open(t, sim.Options{})
		d.fault(t, sim.Fault{Kind: sim.TokenExpired})
		if _, _, err := d.Find(t.Context(), s); !errors.Is(err, sluss.ErrAbsent) {
			t.Errorf("%v", err)
		}
	})
}

// It is not fully known what the real registry reads back: what is missing or
// written in another form makes a note doubtful, never absent.
func TestFindDoubts(t *testing.T) {
	const id = "072f294c-9e70-4cf6-b6a3-139922067ddc"
	whole := func() map[string]string {
		return map[string]string{
			"referens": `"VO-2026-0101"`, "verksamhetsutovare": `"5560000167"`, "anteckningsDatum": `"2026-11-23T08:00:00+01:00"`, "uppkomstplats": `{"kommunkod":"0188"}`,
			"avfall": `{"avfallId":"` + id + `","kod":"130205","mangd":1250.0,"foregaendeAvfallId":null}`,
		}
	}
	for name, c := range map[string]struct {
		change map[string]string // "" takes away
		frame  string            // of the list
		want   error
	}{
		"the same":            {nil, `{"antalSidor":1,"anteckningar":[%s]}`, nil},
		"PascalCase":          {nil, `{"AntalSidor":1,"Anteckningar":[%s]}`, nil},
		"wrapped":             {nil, `{"ResponseObject":{"antalSidor":1,"anteckningar":[%s]}}`, nil},
		"local time":          {map[string]string{"anteckningsDatum": `"2026-11-23 08:00:00.0000000"`}, "", nil},
		"UTC":                 {map[string]string{"anteckningsDatum": `"2026-11-23T07:00:00.123Z"`}, "", nil},
		"code with star":      {map[string]string{"avfall": `{"avfallId":"` + id + `","kod":"13 02 05*","mangd":1250}`}, "", nil},
		"other local time":    {map[string]string{"anteckningsDatum": `"2026-11-23T07:00:00"`}, "", sluss.ErrCannotAsk},
		"other time":          {map[string]string{"anteckningsDatum": `"2026-11-23T09:00:00+01:00"`}, "", sluss.ErrAbsent},
		"no time":             {map[string]string{"anteckningsDatum": ""}, "", sluss.ErrCannotAsk},
		"no reference":        {map[string]string{"referens": ""}, "", sluss.ErrCannotAsk},
		"other reference":     {map[string]string{"referens": `"VO-2026-0102"`}, "", sluss.ErrAbsent},
		"other party":         {map[string]string{"verksamhetsutovare": `"5560065087"`}, "", sluss.ErrAbsent},
		"other mass":          {map[string]string{"avfall": `{"avfallId":"` + id + `","kod":"130205","mangd":1250.001}`}, "", sluss.ErrAbsent},
		"no mass":             {map[string]string{"avfall": `{"avfallId":"` + id + `","kod":"130205"}`}, "", sluss.ErrCannotAsk},
		"other predecessor":   {map[string]string{"avfall": `{"avfallId":"` + id + `","kod":"130205","mangd":1250,"foregaendeAvfallId":"` + id + `"}`}, "", sluss.ErrAbsent},
		"bad id":              {map[string]string{"avfall": `{"avfallId":"x","kod":"130205","mangd":1250}`}, "", sluss.ErrCannotAsk},
		"no fields of a kind": {map[string]string{"uppkomstplats": ""}, "", sluss.ErrCannotAsk},
		"of another kind":     {map[string]string{"uppkomstplats": "", "transportSlutplats": `{}`}, "", sluss.ErrAbsent},
		"annulled":            {map[string]string{"makuleradOrsak": `{"kod":4}`}, "", sluss.ErrCannotAsk},
		"superseded":          {map[string]string{"ersattAv": `"` + id + `"`}, "", sluss.ErrCannotAsk},
		"more pages":          {nil, `{"antalSidor":2,"anteckningar":[%s]}`, sluss.ErrCannotAsk},
		"no list":             {nil, `{"x":[%s]}`, sluss.ErrCannotAsk},
		"HTML":                {nil, `<html>%s</html>`, sluss.ErrCannotAsk},
	} {
		t.Run(name, func(t *testing.T) {
			note := whole()
			maps.Copy(note, c.change)
			var fields []string
			for key, value := range note {
				if value != "" {
					fields = append(fields, fmt.Sprintf("%q:%s", key, value))
				}
			}
			frame := c.frame
			if frame == "" {
				frame = `{"antalSidor":1,"anteckningar":[%s]}`
			}
			d := behind(t, func(w http.ResponseWriter, r *http.Request, registry *sim.Registry) {
				if r.URL.Path == sim.TokenPath {
					registry.ServeHTTP(w, r)
					return
				}
				if from, err := time.Parse(time.RFC3339, r.URL.Query().Get("DatumTidFran")); err != nil || from.After(time.Date(2026, 11, 23, 7, 0, 0, 0, time.UTC)) {
					t.Errorf("asked from %s, %v", from, err)
				}
				_, _ = io.WriteString(w, fmt.Sprintf(frame, "{"+strings.Join(fields, ",")+"}"))
			})
			o, _, err := d.Find(t.Context(), removal(example(t, "se-waste-oil")))
			if !errors.Is(err, c.want) || c.want == nil && (err != nil || o.Kind != sluss.Accepted || o.Receipt.ID != id) {
				t.Errorf("got %+v, %v; want %v", o, err, c.want)
			}
		})
	}
}
