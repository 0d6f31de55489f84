package service_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"go.temporal.io/sdk/client"

	"sluss"
	"sluss/api"
	"sluss/ledger"
	"sluss/registries/avfallsregistret"
	"sluss/service"
	sim "sluss/simulators/avfallsregistret"
	"sluss/workflows"
)

// decisions accepts people's decisions as a filing does, and records them.
type decisions struct {
	client.Client

	ledger *ledger.Ledger
	taken  []sluss.Decision
}

type done struct{ client.WorkflowUpdateHandle }

func (done) Get(context.Context, any) error { return nil }

func (d *decisions) UpdateWorkflow(ctx context.Context, o client.UpdateWorkflowOptions) (client.WorkflowUpdateHandle, error) {
	decision, ok := o.Args[0].(workflows.Addressed[sluss.Decision])
	if !ok || o.UpdateName != workflows.DecideUpdate.Name {
		return nil, errors.New("only decisions are taken here")
	}
	d.taken = append(d.taken, decision.Message)
	return done{}, d.ledger.RecordDecision(ctx, sluss.DecisionRecord{Filing: decision.Filing, Number: 1, Decision: decision.Message})
}

// production is a registry that cannot be asked, with a ledger and a filing client.
type production struct {
	t        *testing.T
	registry *sim.Registry
	client   *avfallsregistret.Client
	ledger   *ledger.Ledger
	people   *decisions
	service  *service.Service
}

const refinery = "5560069618" // it reports for everybody

func openProduction(t *testing.T) *production {
	t.Helper()
	registry, err := sim.New(sim.Options{Mode: sim.Production})
	must(t, err)
	t.Cleanup(func() { _ = registry.Close() })
	server := httptest.NewUnstartedServer(registry)
	server.TLS, err = registry.TLSConfig()
	must(t, err)
	server.StartTLS()
	t.Cleanup(server.Close)
	certificate, err := registry.Authority().ClientCertificate(refinery, "Raffinaderiet")
	must(t, err)
	p := &production{t: t, registry: registry}
	p.client, err = avfallsregistret.New(avfallsregistret.Options{
		BaseURL: server.URL + sim.BasePath, TokenURL: server.URL + sim.TokenPath, Certificate: certificate,
		Authorities: registry.Authority().Pool(), Key: sim.DefaultKey, Secret: sim.DefaultSecret,
		Reporter: sluss.Party{ID: refinery, Country: "SE", Name: "Raffinaderiet", Contact: sluss.Contact{Name: "C B", Phone: "021-123456", Email: "c.b@malaren.example"}},
	})
	must(t, err)
	p.ledger, err = ledger.Open(t.Context(), template.Database(t))
	must(t, err)
	t.Cleanup(func() { _ = p.ledger.Close() })
	p.people = &decisions{ledger: p.ledger}
	p.service = &service.Service{Ledger: p.ledger, Temporal: p.people}
	return p
}

// file declares a batch and files its transport: the answer arrives, or is lost after
// the note was accepted, or the request is lost.
func (p *production) file(reference string, lost sim.FaultKind) (filing sluss.FilingID) {
	p.t.Helper()
	d := example(p.t, "se-waste-oil")
	d.Reference = reference
	leaves := d.Legs[0].Departure
	events := []sluss.Event{{Kind: sluss.Produced, At: leaves.Add(-time.Hour)}, {Kind: sluss.PickedUp, Leg: 1, At: leaves}}
	o := sluss.Obligation{
		ID: "se.transport#1", Registry: sluss.Avfallsregistret, Report: sluss.ReportTransport, Role: sluss.Transporter, Leg: 1, Event: "pickedUp#1",
		NoteBy: leaves, Due: leaves.AddDate(0, 0, 2),
	}
	must(p.t, p.ledger.RecordEvent(p.t.Context(), sluss.EventRecord{Batch: d.ID(), Declaration: &d, Event: events[0], Obligations: []sluss.Obligation{o}, At: leaves}))
	content := sluss.Content{Declaration: d, Obligation: o, Events: events}
	filing = d.ID().Filing(o.ID)
	must(p.t, p.ledger.OpenFiling(p.t.Context(), sluss.FilingRecord{Filing: filing, Batch: d.ID(), Content: content, Hash: content.Hash(), Stage: sluss.StageSending, At: leaves}))
	p.send(filing, 1, content, lost)
	return filing
}

// cutOff: the note is taken, and the worker dies before it can record the answer.
const cutOff sim.FaultKind = "cut off"

func (p *production) send(filing sluss.FilingID, number int, content sluss.Content, lost sim.FaultKind) {
	p.t.Helper()
	permit, err := p.ledger.Begin(p.t.Context(), sluss.Intent{
		Filing: string(filing), Number: number, Purpose: sluss.ToSubmit, Registry: sluss.Avfallsregistret, Calls: 1, Hash: content.Hash(), Actor: "test",
	})
	must(p.t, err)
	if lost != "" && lost != cutOff {
		must(p.t, p.registry.Fault(sim.Fault{Kind: lost, Method: http.MethodPost, Count: 1}))
	}
	outcome, exchange, err := p.client.Submit(p.t.Context(), sluss.Submission{Filing: filing, Content: content})
	must(p.t, err)
	if lost == cutOff {
		outcome.Kind = sluss.Unknown // as the next try has it
	} else {
		must(p.t, p.ledger.Finish(p.t.Context(), sluss.Answer{Attempt: permit.Attempt, Outcome: &outcome, Exchange: exchange}))
	}
	if (outcome.Kind == sluss.Unknown) != (lost != "") {
		p.t.Fatalf("%s: %+v", filing, outcome)
	}
	if outcome.Kind == sluss.Unknown {
		must(p.t, p.ledger.RecordStage(p.t.Context(), sluss.StageRecord{Filing: filing, Number: number, Stage: sluss.StageUnknown, Waiting: sluss.Officer, At: time.Now()}))
	}
}

func (p *production) extract() []byte {
	p.t.Helper()
	file, err := p.registry.Extract(refinery)
	must(p.t, err)
	return file
}

func (p *production) read(file []byte, e service.Extract) service.Extracted {
	p.t.Helper()
	read, err := p.service.Extract(p.t.Context(), bytes.NewReader(file), e)
	must(p.t, err)
	return read
}

var karin = sluss.Person{Name: "Karin Holm"}

// results are those of the filings, by reference.
func results(e service.Extracted) map[string]string {
	told := map[string]string{}
	for _, f := range e.Filings {
		told[strings.Split(string(f.Filing), "/")[2]] = f.Result
	}
	return told
}

func TestExtractSettlesWhatIsCertain(t *testing.T) {
	p := openProduction(t)
	p.file("VO-KNOWN", "")
	lost := p.file("VO-LOST", sim.LostAnswer)
	p.file("VO-NEVER", sim.LostRequest)
	file := p.extract()

	looked := p.read(file, service.Extract{DryRun: true})
	if len(p.people.taken) > 0 || looked.Taken != 1 || looked.Open != 1 || looked.Lines != 2 || looked.Known != 1 || !looked.DryRun {
		t.Fatalf("looked: %+v", looked)
	}
	read := p.read(file, service.Extract{By: karin})
	if got := results(read); got["VO-LOST"] != service.ExtractTaken || got["VO-NEVER"] != service.ExtractTooOld || len(got) != 2 || read.Doubles != 0 || len(read.Notes) != 0 {
		t.Errorf("read %+v", read)
	}
	id := p.registry.Notes()[1].AvfallID
	if d := p.people.taken; len(d) != 1 || d[0].Receipt != id || d[0].By != karin || !strings.Contains(d[0].Reason, "line 3") {
		t.Errorf("decided %+v", d)
	}
	filing, _, err := p.ledger.Filing(t.Context(), lost)
	if must(t, err); filing.Receipt == nil || filing.Receipt.ID != id || filing.Open {
		t.Errorf("the ledger has %+v", filing)
	}

	again := p.read(file, service.Extract{By: karin})
	if len(p.people.taken) != 1 || again.Taken != 0 || again.Known != 2 || again.Open != 1 {
		t.Errorf("again: %+v", again)
	}
}

// What a killed worker had sent is known by its intent alone.
func TestExtractSettlesWhatWasCutOff(t *testing.T) {
	p := openProduction(t)
	filing := p.file("VO-CUT", cutOff)
	read := p.read(p.extract(), service.Extract{By: karin})
	if f := read.Filings; len(f) != 1 || f[0].Filing != filing || f[0].Result != service.ExtractTaken || len(p.people.taken) != 1 {
		t.Errorf("%+v", read)
	}
}

// If a file that was made well after the call does not have the note, it was not
// accepted; a person decides.
func TestExtractWithoutTheNote(t *testing.T) {
	p := openProduction(t)
	filing := p.file("VO-NEVER", sim.LostRequest)
	file := p.extract()
	if got := p.read(file, service.Extract{By: karin}); got.Filings[0].Result != service.ExtractTooOld {
		t.Errorf("nothing tells when it was made: %+v", got)
	}
	got, err := service.JudgeFirst(t.Context(), p.ledger, time.Now().Add(2*time.Hour))
	must(t, err)
	if got.Result != service.ExtractAbsent || got.Filing != filing || !strings.Contains(got.Remedy, "not-taken") {
		t.Errorf("%+v", got)
	}
	if _, err := p.service.Extract(t.Context(), bytes.NewReader(file), service.Extract{By: karin, Made: time.Now().Add(time.Hour)}); !strings.Contains(fmt.Sprint(err), "still to come") {
		t.Errorf("made in an hour: %v", err)
	}
	p.file("VO-KNOWN", "")
	if _, err := p.service.Extract(t.Context(), bytes.NewReader(p.extract()), service.Extract{By: karin, Made: time.Now().Add(-time.Hour)}); !strings.Contains(fmt.Sprint(err), "made: the file holds a note") {
		t.Errorf("older than its notes: %v", err)
	}
	if len(p.people.taken) > 0 {
		t.Errorf("decided %+v", p.people.taken)
	}
}

// Sent again after a person decided not-taken although it was accepted: the file has it twice.
func TestExtractTellsOfDoubles(t *testing.T) {
	p := openProduction(t)
	twice := p.file("VO-TWICE", sim.LostAnswer)
	content, _, _, err := p.ledger.Content(t.Context(), twice)
	must(t, err)
	must(t, p.ledger.RecordDecision(t.Context(), sluss.DecisionRecord{Filing: twice, Number: 1, Decision: sluss.Decision{Kind: sluss.DecidedNotTaken, By: karin}}))
	p.send(twice, 2, content, "")
	unclear := p.file("VO-UNCLEAR", sim.LostAnswer)
	content, _, _, err = p.ledger.Content(t.Context(), unclear)
	must(t, err)
	must(t, p.ledger.RecordDecision(t.Context(), sluss.DecisionRecord{Filing: unclear, Number: 1, Decision: sluss.Decision{Kind: sluss.DecidedNotTaken, By: karin}}))
	p.send(unclear, 2, content, sim.LostAnswer)
	foreign := example(t, "se-waste-oil") // filed by another system
	foreign.Reference = "ELSEWHERE"
	content.Declaration = foreign
	if o, _, err := p.client.Submit(t.Context(), sluss.Submission{Content: content}); err != nil || o.Kind != sluss.Accepted {
		t.Fatalf("%+v, %v", o, err)
	}

	read := p.read(p.extract(), service.Extract{By: karin})
	if f := read.Filings; len(f) != 1 || f[0].Result != service.ExtractDoubtful || len(f[0].Notes) != 2 || !strings.Contains(f[0].Remedy, "SkickatDubbelt") {
		t.Errorf("filings %+v", f)
	}
	var told []string
	for _, n := range read.Notes {
		told = append(told, fmt.Sprint(n.Line, " ", n.Result, " ", n.Filing))
	}
	if want := []string{"2 double " + string(twice), "6 stranger "}; !slices.Equal(told, want) {
		t.Errorf("notes %q, want %q", told, want)
	}
	if read.Doubles != 1 || read.Known != 1 || read.Open != 1 || len(p.people.taken) > 0 {
		t.Errorf("%+v; decided %+v", read, p.people.taken)
	}
}

// A file cannot distinguish two filings that report the same.
func TestExtractDoesNotGuess(t *testing.T) {
	p := openProduction(t)
	first := p.file("VO-SAME", sim.LostAnswer)
	content, _, _, err := p.ledger.Content(t.Context(), first)
	must(t, err)
	second := sluss.NewBatchID("", "VO-SAME").Filing("se.transport#2")
	content.Obligation.ID = "se.transport#2"
	must(t, p.ledger.OpenFiling(t.Context(), sluss.FilingRecord{Filing: second, Batch: content.Declaration.ID(), Content: content, Hash: content.Hash(), Stage: sluss.StageSending, At: noon}))
	p.send(second, 1, content, sim.LostRequest)
	read := p.read(p.extract(), service.Extract{By: karin})
	if len(read.Filings) != 2 || read.Open != 2 || len(p.people.taken) > 0 {
		t.Fatalf("%+v; decided %+v", read, p.people.taken)
	}
	for i, other := range []sluss.FilingID{second, first} {
		if f := read.Filings[i]; f.Result != service.ExtractDoubtful || !strings.Contains(f.Why, string(other)) {
			t.Errorf("%+v", f)
		}
	}
}

func TestExtractOverTheAPI(t *testing.T) {
	p := openProduction(t)
	p.file("VO-LOST", sim.LostAnswer)
	server := httptest.NewServer(api.New(p.service, api.Options{}))
	t.Cleanup(server.Close)
	file := string(p.extract())
	post := func(query, kind, body string, value any) int {
		status, _ := send(t, server, request{method: http.MethodPost, path: "/api/extracts" + query, kind: kind, body: body}, value)
		return status
	}
	for name, c := range map[string]struct {
		query, kind, body, want string
		status                  int
	}{
		"nobody":       {"", "text/csv", file, "by", 422},
		"no time":      {"?by=K&made=now", "text/csv", file, "made", 422},
		"JSON":         {"?by=K", "application/json", "{}", "text/csv", 422},
		"not the file": {"?by=K", "text/csv", "a;b\n", "AvfallId", 422},
		"a bad line":   {"?by=K", "text/csv", file + "x;y\n", "line 3", 422},
	} {
		var problem api.Problem
		if status := post(c.query, c.kind, c.body, &problem); status != c.status || !strings.Contains(problem.Error, c.want) || len(problem.Faults) == 0 {
			t.Errorf("%s: %d %+v", name, status, problem)
		}
	}
	var read service.Extracted
	if status := post("?dry_run=true", "text/csv", file, &read); status != http.StatusOK || read.Taken != 1 || len(p.people.taken) > 0 {
		t.Errorf("%d %+v", status, read)
	}
	if status := post("?by="+url.QueryEscape("Karin Holm"), "text/csv", file, &read); status != http.StatusOK || read.Taken != 1 || len(p.people.taken) != 1 {
		t.Errorf("%d %+v", status, read)
	}
	if data, err := json.Marshal(read); err != nil || !strings.Contains(string(data), `"result":"taken"`) {
		t.Errorf("%s, %v", data, err)
	}
}
