package ledger_test

import (
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"sync"
	"testing"
	"time"

	"sluss"
	"sluss/activities"
	"sluss/ledger"
	"sluss/obligations"
)

var fourth = sluss.Quarter{Year: 2026, Number: 4}

// treat records a batch that was treated on a day of November 2026.
func treat(t *testing.T, l *ledger.Ledger, reference string, day int, change ...func(*sluss.Declaration)) sluss.Declaration {
	t.Helper()
	data, err := os.ReadFile("../examples/se-waste-oil.json")
	must(t, err)
	var d sluss.Declaration
	must(t, json.Unmarshal(data, &d))
	d.Tenant, d.Reference = sluss.DefaultTenant, reference
	for _, c := range change {
		c(&d)
	}
	at := time.Date(2026, time.November, day, 10, 0, 0, 0, noon.Location())
	for i, e := range []sluss.Event{
		{Kind: sluss.Produced}, {Kind: sluss.PickedUp, Leg: 1}, {Kind: sluss.Received, Mass: d.Waste.Mass}, {Kind: sluss.WasteAccepted}, {Kind: sluss.Treated},
	} {
		e.At, e.By = at.Add(time.Duration(i-4)*time.Hour), person
		record := sluss.EventRecord{Batch: d.ID(), Event: e, At: e.At}
		if i == 0 {
			record.Declaration = &d
		}
		must(t, l.RecordEvent(t.Context(), record))
	}
	return d
}

// ours makes the treater of the sample batches a company of a tenant.
func ours(t *testing.T, l *ledger.Ledger, tenant string) {
	t.Helper()
	_, _, err := l.AddCompany(t.Context(), sluss.Company{Tenant: tenant, Country: "SE", ID: "5560069618", Name: "Mälarens Oljeraffinaderi AB", Entry: sluss.Entry{By: person}})
	must(t, err)
}

func lead(d *sluss.Declaration)      { d.Waste.Code = "160601*" }
func northern(d *sluss.Declaration)  { d.Tenant = "north" }
func harmless(d *sluss.Declaration)  { d.Waste.Code = "160103" }
func norwegian(d *sluss.Declaration) { d.Legs[0].To.Country = "NO" }
func elsewhere(d *sluss.Declaration) { d.Legs[0].To.Address = "Hamngatan 11" }

func compile(t *testing.T, l *ledger.Ledger) {
	t.Helper()
	a := &activities.Results{Ledger: l, Compile: obligations.Compiled}
	sites, err := a.UnreportedResults(t.Context(), sluss.Quarter{Year: 2027, Number: 1})
	must(t, err)
	for _, site := range sites {
		if _, err := a.CompileResults(t.Context(), site); err != nil {
			t.Error(err)
		}
	}
}

// resultsTell is in how many results each batch is.
func resultsTell(t *testing.T, l *ledger.Ledger) map[sluss.BatchID]int {
	t.Helper()
	results, err := l.Results(t.Context(), "", sluss.Quarter{})
	must(t, err)
	times := map[sluss.BatchID]int{}
	for _, r := range results {
		for _, batch := range r.Content.Result.Batches {
			times[batch]++
		}
	}
	return times
}

func TestEveryTreatedBatchIsInOneResult(t *testing.T) {
	t.Parallel()
	l, _ := fresh(t)
	ours(t, l, "north")
	treat(t, l, "A", 3)
	treat(t, l, "B", 4)
	treat(t, l, "C", 4, lead)
	treat(t, l, "D", 5, northern)
	treat(t, l, "E", 5, harmless)
	treat(t, l, "F", 5, norwegian)
	treat(t, l, "G", 6, elsewhere)
	treat(t, l, "H", -40) // September
	treat(t, l, "I", 62)  // January
	compile(t, l)
	want := map[string]int{
		"batch/default/A": 1, "batch/default/B": 1, "batch/default/C": 1, "batch/north/D": 1, "batch/default/G": 1, "batch/default/H": 1,
	}
	same := func() {
		t.Helper()
		if got := resultsTell(t, l); fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("told of %v, want %v", got, want)
		}
	}
	same()
	compile(t, l) // changes nothing
	same()

	// What is reported late is in a result of its own.
	treat(t, l, "LATE-1", 7)
	treat(t, l, "LATE-2", 8)
	compile(t, l)
	want["batch/default/LATE-1"], want["batch/default/LATE-2"] = 1, 1
	same()
	results, err := l.Results(t.Context(), "default", fourth)
	must(t, err)
	var filings []sluss.FilingID
	for _, r := range results {
		filings = append(filings, r.Filing)
		if r.State != nil || r.Content.Obligation.Signer != sluss.Officer || r.Hash != r.Content.Hash() {
			t.Errorf("%s as compiled: %+v", r.Filing, r)
		}
	}
	slices.Sort(filings)
	if want := []sluss.FilingID{
		"filing/default/A/se.treatment#2026-Q4", "filing/default/C/se.treatment#2026-Q4",
		"filing/default/G/se.treatment#2026-Q4", "filing/default/LATE-1/se.treatment#2026-Q4",
	}; !slices.Equal(filings, want) {
		t.Errorf("results %v, want %v", filings, want)
	}
}

func TestResultsThatAreCompiledAtOnceShareNoBatch(t *testing.T) {
	t.Parallel()
	l, url := fresh(t)
	for n := range 12 {
		treat(t, l, fmt.Sprintf("VO-%d", n), 1+n)
	}
	var all sync.WaitGroup
	for range 4 {
		other := open(t, url)
		all.Go(func() {
			treated, err := other.Unreported(t.Context(), "", noon.AddDate(1, 0, 0))
			if err != nil {
				t.Error(err)
				return
			}
			_ = other.RecordResults(t.Context(), obligations.Compiled(treated), noon) // one of them wins
		})
	}
	all.Wait()
	if got := resultsTell(t, l); len(got) != 12 {
		t.Errorf("told of %v", got)
	}
	for batch, times := range resultsTell(t, l) {
		if times != 1 {
			t.Errorf("%s is told of %d times", batch, times)
		}
	}

	// A result that takes a batch of another one is refused as a whole.
	treat(t, l, "VO-12", 20)
	treated, err := l.Unreported(t.Context(), "default", noon.AddDate(1, 0, 0))
	must(t, err)
	double := obligations.Compiled(treated)
	double[0].Result.Batches = append(double[0].Result.Batches, "batch/default/VO-3")
	if err := l.RecordResults(t.Context(), double, noon); err == nil {
		t.Error("a batch was taken that another result tells of")
	}
	if got := resultsTell(t, l); len(got) != 12 {
		t.Errorf("a refused result left something: %v", got)
	}
}

func TestResultsGoByCorrections(t *testing.T) {
	t.Parallel()
	l, _ := fresh(t)
	d := treat(t, l, "A", 3)
	corrected := d
	corrected.Waste.Code = "160601*"
	must(t, l.RecordCorrection(t.Context(), sluss.CorrectionRecord{
		Batch: d.ID(), Number: 1, Declaration: corrected, Correction: sluss.Correction{Set: map[string]string{"waste.code": "160601*"}, By: person, At: noon},
	}))
	compile(t, l)
	find := func() ledger.QuarterResult {
		t.Helper()
		results, err := l.Results(t.Context(), "default", fourth)
		must(t, err)
		if len(results) != 1 {
			t.Fatalf("%d results", len(results))
		}
		return results[0]
	}
	r := find()
	if r.Content.Result.Code != "160601*" {
		t.Errorf("compiled as %s", r.Content.Result.Code)
	}
	product := 900 * sluss.Kilogram
	mended := *r.Content.Result
	mended.Product = &product
	correction := sluss.ResultCorrectionRecord{
		Filing: r.Filing, Number: 1, Result: mended, At: noon,
		Correction: sluss.Correction{Set: map[string]string{"product": "900"}, Reason: "our records", By: person, At: noon},
	}
	for range 2 { // again changes nothing
		must(t, l.RecordResultCorrection(t.Context(), correction))
	}
	if r = find(); r.Corrections != 1 || r.Content.Result.Product == nil || *r.Content.Result.Product != product || r.Hash != r.Content.Hash() {
		t.Errorf("corrected: %+v", r)
	}

	// Its filing is one of the largest batch, and is settled like any other.
	open := sluss.FilingRecord{Filing: r.Filing, Batch: d.ID(), Content: r.Content, Hash: r.Hash, Stage: sluss.StageSignature, Waiting: sluss.Officer, At: noon}
	must(t, l.OpenFiling(t.Context(), open))
	inbox, err := l.Inbox(t.Context(), ledger.InboxFilter{Waiting: sluss.Officer})
	must(t, err)
	if len(inbox) != 1 || inbox[0].ID != r.Filing || inbox[0].Obligation.Report != sluss.ReportTreatment || inbox[0].Due.IsZero() {
		t.Errorf("inbox %+v", inbox)
	}
	unsettled, err := l.UnsettledResults(t.Context(), r.Site)
	must(t, err)
	if len(unsettled) != 1 || unsettled[0].Corrections != 1 || unsettled[0].Content.Hash() != r.Hash {
		t.Errorf("unsettled %+v", unsettled)
	}
	permit := begin(t, l, sluss.Intent{Filing: string(r.Filing), Number: 1, Purpose: sluss.ToSubmit, Registry: sluss.Avfallsregistret, Calls: 1, Hash: r.Hash, Actor: "test"}, sluss.PermitGranted)
	must(t, l.Finish(t.Context(), accepted(permit.Attempt)))
	if r = find(); r.State == nil || r.State.Stage != sluss.StageAccepted || r.State.Receipt == nil {
		t.Errorf("accepted: %+v", r.State)
	}
	if unsettled, err = l.UnsettledResults(t.Context(), sluss.ResultSite{}); err != nil || len(unsettled) != 0 {
		t.Errorf("unsettled %+v, %v", unsettled, err)
	}
}
