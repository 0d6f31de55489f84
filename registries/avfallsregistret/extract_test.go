package avfallsregistret_test

import (
	"bytes"
	"errors"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"sluss"
	"sluss/registries/avfallsregistret"
	sim "sluss/simulators/avfallsregistret"
)

func extract(t *testing.T, d service) []avfallsregistret.Extracted {
	t.Helper()
	file, err := d.Extract(refinery.ID)
	if err != nil {
		t.Fatal(err)
	}
	rows, err := avfallsregistret.ReadExtract(bytes.NewReader(file))
	if err != nil {
		t.Fatalf("%v\n%s", err, file)
	}
	return rows
}

// In production the agency's file resolves a lost answer.
func TestLostAnswerInProduction(t *testing.T) {
	for name, options := range map[string]sim.Options{
		"as known": {}, "decimal comma": {ExtractDecimalComma: true}, "current notes only": {ExtractCurrentOnly: true},
	} {
		options.Mode = sim.Production
		for note, s := range everyNote(t) {
			t.Run(name+"/"+string(note), func(t *testing.T) {
				d := open(t, options, func(o *avfallsregistret.Options) { o.Readable = false })
				s.Content.Declaration.Waste.Mass = 1_250_500
				other := s
				other.Content.Declaration.Reference = "VO-2026-0199"
				if other.Content.Result != nil {
					result := *other.Content.Result
					result.Mass++
					other.Content.Result = &result
				}
				accepted(t, d, other)
				if _, err := d.FindInExtract(extract(t, d), s); !errors.Is(err, sluss.ErrAbsent) {
					t.Errorf("before: %v", err)
				}
				d.fault(t, sim.Fault{Kind: sim.LostAnswer})
				if o, _, err := d.Submit(t.Context(), s); err != nil || o.Kind != sluss.Unknown {
					t.Fatalf("%+v, %v", o, err)
				}
				if _, _, err := d.Find(t.Context(), s); !errors.Is(err, sluss.ErrCannotAsk) {
					t.Errorf("asked: %v", err)
				}
				o, err := d.FindInExtract(extract(t, d), s)
				if err != nil || o.Kind != sluss.Accepted || o.Receipt.ID != d.Notes()[1].AvfallID {
					t.Errorf("%+v, %v", o, err)
				}
				accepted(t, d, s)
				if _, err := d.FindInExtract(extract(t, d), s); !errors.Is(err, sluss.ErrCannotAsk) {
					t.Errorf("two alike: %v", err)
				}
			})
		}
	}
}

func TestExtractHoldsOwnNotes(t *testing.T) {
	for name, c := range map[string]struct {
		current bool
		want    int
	}{"all versions": {false, 3}, "current": {true, 1}} {
		t.Run(name, func(t *testing.T) {
			d := open(t, sim.Options{ExtractCurrentOnly: c.current})
			s := everyNote(t)[sluss.ReportTransport]
			first, gone := accepted(t, d, s).ID, accepted(t, d, s).ID
			if _, _, err := d.Replace(t.Context(), first, s); err != nil {
				t.Fatal(err)
			}
			if _, _, err := d.Annul(t.Context(), gone, avfallsregistret.SentTwice); err != nil {
				t.Fatal(err)
			}
			rows := extract(t, d)
			last := rows[len(rows)-1]
			if len(rows) != c.want || last.Operator != "5560065087" || last.Agent != refinery.ID || last.Code != "130205" || last.Mass != 1_250_000 ||
				last.Noted != "2026-11-23 08:00:00" || last.Reference != "VO-2026-0101" || !slices.Equal(last.Municipalities, []string{"0188", "1980"}) {
				t.Errorf("%d rows, the last %+v", len(rows), last)
			}
			file, err := d.Extract("2021004748")
			if err != nil || bytes.Count(file, []byte("\n")) != 1 || !bytes.HasPrefix(file, []byte("\uFEFFAvfallId;")) {
				t.Errorf("of another: %q, %v", file, err)
			}
		})
	}
}

func TestExtractOverTheAdmin(t *testing.T) {
	d := open(t, sim.Options{})
	accepted(t, d, everyNote(t)[sluss.ReportDeal])
	for query, want := range map[string]int{"?reporter=" + refinery.ID: 200, "?reporter=55": 400, "": 400} {
		answer := httptest.NewRecorder()
		d.Admin().ServeHTTP(answer, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "http://localhost/sim/extract"+query, http.NoBody))
		if answer.Code != want || want == 200 && strings.Count(answer.Body.String(), "\n") != 2 {
			t.Errorf("%s: %d %s", query, answer.Code, answer.Body)
		}
	}
}

func TestExtractsThatCannotBeRead(t *testing.T) {
	const names = "AvfallId;Avfall.Kod;Avfall.Mangd;Tidpunkt;Referens;Verksamhetsutovare\n"
	const id = "072f294c-9e70-4cf6-b6a3-139922067ddc"
	for name, c := range map[string]struct {
		file string
		want []string // empty: it can
	}{
		"nothing":        {"", []string{"empty"}},
		"no notes":       {names, nil},
		"other order":    {"Referens;Tidpunkt;Avfall.Mangd;Avfall.Kod;VERKSAMHETSUTOVARE;avfallid;Nytt\r\nA;2026-11-23T08:00:00.0000000;1,5;13 02 05*;5560000167;" + id + ";x\r\n", nil},
		"commas":         {"AvfallId,Avfall.Kod\n", []string{"Avfall.Kod: there is no such column"}},
		"several wrong":  {names + "x;130205;many;yesterday;A;5560000167\n" + id + ";130205;1;2026-11-23 08:00:00;A;5560000167\n" + id + ";130205;;2026-11-23 08:00:00;A;5560000167\n", []string{"line 4, Avfall.Mangd", "line 2, Avfall.Mangd", "line 2, AvfallId", "line 2, Tidpunkt"}},
		"a line too few": {names + id + ";130205\n" + id + ";130205;x;2026-11-23 08:00:00;A;5560000167\n", []string{"line 2: wrong number of fields", "line 3, Avfall.Mangd"}},
	} {
		t.Run(name, func(t *testing.T) {
			rows, err := avfallsregistret.ReadExtract(strings.NewReader(c.file))
			if (err == nil) != (c.want == nil) {
				t.Fatalf("%+v, %v", rows, err)
			}
			if faults := sluss.Faults(nil); err != nil && (!errors.As(err, &faults) || slices.ContainsFunc(faults, func(f sluss.Fault) bool { return f.Remedy == "" })) {
				t.Errorf("faults without a remedy: %+v", faults)
			}
			for _, want := range c.want {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("want %q in %v", want, err)
				}
			}
			if name == "other order" && (rows[0].Mass != 1500 || rows[0].Code != "130205" || rows[0].Noted != "2026-11-23 08:00:00") {
				t.Errorf("%+v", rows)
			}
		})
	}
}

// What the file omits or writes in another form makes a note doubtful, never absent.
func TestExtractsInDoubt(t *testing.T) {
	d := open(t, sim.Options{})
	s := everyNote(t)[sluss.ReportTransport]
	accepted(t, d, s)
	for name, c := range map[string]struct {
		change func(row *avfallsregistret.Extracted)
		want   error
	}{
		"as it is":        {func(*avfallsregistret.Extracted) {}, nil},
		"UTC":             {func(row *avfallsregistret.Extracted) { row.Noted = "2026-11-23 07:00:00" }, sluss.ErrCannotAsk},
		"another moment":  {func(row *avfallsregistret.Extracted) { row.Noted = "2026-11-23 12:00:00" }, sluss.ErrAbsent},
		"no places":       {func(row *avfallsregistret.Extracted) { row.Municipalities = nil }, sluss.ErrCannotAsk},
		"places in turn":  {func(row *avfallsregistret.Extracted) { slices.Reverse(row.Municipalities) }, nil},
		"another party":   {func(row *avfallsregistret.Extracted) { row.Operator = refinery.ID }, sluss.ErrAbsent},
		"another mass":    {func(row *avfallsregistret.Extracted) { row.Mass++ }, sluss.ErrAbsent},
		"another code":    {func(row *avfallsregistret.Extracted) { row.Code = "130206" }, sluss.ErrAbsent},
		"other reference": {func(row *avfallsregistret.Extracted) { row.Reference = "VO" }, sluss.ErrAbsent},
	} {
		t.Run(name, func(t *testing.T) {
			rows := extract(t, d)
			c.change(&rows[0])
			if _, err := d.FindInExtract(rows, s); !errors.Is(err, c.want) {
				t.Errorf("%v, want %v", err, c.want)
			}
		})
	}
	if _, err := d.FindInExtract(nil, sluss.Submission{}); !errors.Is(err, sluss.ErrOperator) {
		t.Errorf("%v", err)
	}
}
