package api_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"
	"golang.org/x/text/encoding/charmap"
	"google.golang.org/grpc"

	"sluss"
	"sluss/activities"
	"sluss/api"
	"sluss/api/apitest"
	"sluss/ledger"
	"sluss/service"
	"sluss/workflows"
	"sluss/workflows/tasktest"
)

// workers is a fake of Temporal and the workers: it accepts every act, and answers
// tasks by their input.
type workers struct {
	client.Client // nothing else is asked of it

	ledger *ledger.Ledger
}

// What is begun ends at once; updates and tasks with a value.
type (
	begun struct{ client.WorkflowRun }
	taken struct {
		client.WorkflowUpdateHandle
		value any
	}
	queues struct {
		workflowservice.WorkflowServiceClient
	}
)

func (g taken) Get(_ context.Context, into any) error { return put(g.value, into) }

func put(value, into any) error {
	data, err := json.Marshal(value)
	if err != nil {
		return err
	}
	return json.Unmarshal(data, into)
}

func (w *workers) WorkflowService() workflowservice.WorkflowServiceClient { return queues{} }

func (queues) UpdateTaskQueueConfig(context.Context, *workflowservice.UpdateTaskQueueConfigRequest, ...grpc.CallOption) (*workflowservice.UpdateTaskQueueConfigResponse, error) {
	return nil, nil
}

func (w *workers) ExecuteWorkflow(ctx context.Context, _ client.StartWorkflowOptions, _ any, args ...any) (client.WorkflowRun, error) {
	if in, ok := args[0].(activities.ReferenceDataInput); ok {
		return begun{}, w.ledger.RecordReferenceData(ctx, sluss.ReferenceData{Registry: in.Registry, CheckedAt: time.Now(), FetchedAt: time.Now(), Lists: json.RawMessage(`{}`), Drift: []sluss.Drift{}})
	}
	if in, ok := args[0].(workflows.TaskInput); ok {
		return tasktest.Run(in, func(in any) (any, error) { return w.answer(ctx, in) }), nil
	}
	return begun{}, nil
}

func (w *workers) UpdateWorkflow(_ context.Context, o client.UpdateWorkflowOptions) (client.WorkflowUpdateHandle, error) {
	switch o.UpdateName {
	case workflows.EventUpdate.Name:
		return taken{value: workflows.EventReply{}}, nil
	case workflows.CorrectUpdate.Name:
		return taken{value: workflows.CorrectReply{}}, nil
	}
	return taken{value: workflows.FilingState{Filing: sluss.FilingID(o.WorkflowID), Obligation: owed(), Stage: sluss.StageSending, Hash: "sha256:0"}}, nil
}

func (w *workers) SignalWorkflow(ctx context.Context, id, _, _ string, _ any) error {
	if _, company, found := strings.Cut(id, "sync/trackdechets/"); found {
		return w.ledger.KeepSyncPage(ctx, sluss.Trackdechets, company, sluss.SyncPage{Until: time.Now()})
	}
	return nil
}

func (w *workers) SignalWithStartWorkflow(context.Context, string, string, any, client.StartWorkflowOptions, any, ...any) (client.WorkflowRun, error) {
	return begun{}, nil
}

// answer replaces the activities of tasks.
func (w *workers) answer(ctx context.Context, in any) (any, error) {
	accepted := sluss.Outcome{Kind: sluss.Accepted, Receipt: &sluss.Receipt{Registry: sluss.Trackdechets, ID: "e1", Status: "ACCEPTED", At: noon}}
	switch in := in.(type) {
	case activities.SubmitInput:
		return activities.SubmitResult{Outcome: sluss.Outcome{Kind: sluss.Accepted, Clearance: &sluss.Clearance{
			Verdict: sluss.Clear, Day: noon, Vehicles: []sluss.VehicleFacts{{Status: "registered", HighVoltage: "no", HighVoltageWhy: "x"}},
		}}}, nil
	case activities.RevisionsInput:
		return []sluss.Revision{{ID: "r1", Registry: sluss.Trackdechets, Document: "BSD-1", Company: "2", Author: "1", Status: "PENDING", At: noon, Asks: []sluss.Change{}, Approval: []sluss.Approval{}}}, nil
	case activities.AnswerInput:
		return accepted, nil
	case activities.OrderInput:
		return accepted, nil
	case activities.FetchInput:
		return activities.Fetched{Done: true}, w.ledger.KeepRegister(ctx, sluss.RegisterFile{RegisterOrder: in.RegisterOrder, ID: in.ID, Content: []byte("a;b\n")})
	case activities.PrintInput:
		return activities.SyncStepResult{Count: 1}, w.ledger.KeepPrint(ctx, sluss.Print{
			Batch: in.Batch, Registry: in.Registry, Document: "a", Number: "BSD-1", Status: "SENT", Content: []byte("%PDF"), FetchedAt: noon,
		})
	}
	return []sluss.Party{{ID: "00000000283473", Country: "FR", Name: "Éco-Solvants SAS"}}, nil
}

func owed() sluss.Obligation {
	return sluss.Obligation{ID: "se.transport#1", Registry: sluss.Avfallsregistret, Report: sluss.ReportTransport, Role: sluss.Transporter, Event: "pickedUp#1"}
}

// TestEveryOperationOverTheWire asks each through the generated client, and holds
// both sides against the document.
func TestEveryOperationOverTheWire(t *testing.T) {
	l, err := ledger.Open(t.Context(), template.Database(t))
	must(t, err)
	t.Cleanup(func() { _ = l.Close() })
	signed, closed := example(t, "se-two-transporters"), example(t, "se-waste-oil")
	record(t, l, signed)
	record(t, l, closed)
	must(t, l.CloseBatch(t.Context(), sluss.CloseRecord{Batch: closed.ID(), How: "treated", At: noon}))
	french := example(t, "fr-solvents")
	must(t, l.RecordEvent(t.Context(), sluss.EventRecord{Batch: french.ID(), Declaration: &french, Event: sluss.Event{Kind: sluss.Produced, At: noon}, At: noon}))
	created := sluss.Content{Declaration: french, Obligation: sluss.Obligation{ID: "fr.creation", Registry: sluss.Trackdechets, Report: sluss.ReportCreation, Role: sluss.Producer, Event: "produced"}}
	must(t, l.OpenFiling(t.Context(), sluss.FilingRecord{Filing: sluss.NewBatchID("", french.Reference).Filing("fr.creation"), Batch: french.ID(), Content: created, Hash: created.Hash(), Stage: sluss.StageSending, At: noon}))
	must(t, l.RecordDecision(t.Context(), sluss.DecisionRecord{Filing: sluss.NewBatchID("", french.Reference).Filing("fr.creation"), Number: 1, Decision: sluss.Decision{Kind: sluss.DecidedTaken, Receipt: "BSD-1", Reason: "x", At: noon}}))
	w := &workers{ledger: l}
	server := httptest.NewServer(api.New(&service.Service{Ledger: l, Temporal: w}, api.Options{}))
	t.Cleanup(server.Close)
	wire := apitest.Client(t)
	c, err := api.Connect(server.URL, "", wire)
	must(t, err)
	ctx, by := t.Context(), sluss.Person{Name: "Karin Holm"}
	const tenant, duty = sluss.DefaultTenant, "se.transport#1"
	ok := func(name string) func(answer interface {
		StatusCode() int
		Bytes() []byte
	}, err error) {
		return func(answer interface {
			StatusCode() int
			Bytes() []byte
		}, err error,
		) {
			t.Helper()
			if _, err := api.Read(answer, err); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
	}
	fresh := strings.Replace(exampleText(t, "se-waste-oil"), closed.Reference, "WIRE-1", 1)
	ok("health")(c.GetHealthWithResponse(ctx))
	ok("declare")(c.DeclareBatchesWithBodyWithResponse(ctx, &api.DeclareBatchesParams{By: &by.Name, At: &noon}, "application/json", strings.NewReader(fresh)))
	ok("import")(c.DeclareBatchesWithBodyWithResponse(ctx, nil, "text/csv", strings.NewReader("reference\nA\n")))
	samples, err := os.ReadFile("../examples/batches.csv")
	must(t, err)
	lines := strings.SplitAfter(string(samples), "\n")
	table, err := charmap.Windows1252.NewEncoder().String(lines[0] + strings.Replace(lines[1], closed.Reference, "WIRE-2", 1))
	must(t, err)
	report, err := api.Decoded[api.Report](c.DeclareBatchesWithBodyWithResponse(ctx, nil, "text/csv", strings.NewReader(table)))
	if err != nil || report.Declared != 1 || report.Rows[0].Batch != "batch/default/WIRE-2" || report.Form != "Windows-1252, separated by commas" {
		t.Errorf("table: %+v, %v", report, err)
	}
	book, err := c.WriteTemplateWithResponse(ctx, "se", &api.WriteTemplateParams{Format: new("xlsx")})
	ok("template")(book, err)
	ok("text of a template")(c.WriteTemplateWithResponse(ctx, "fr", nil))
	ok("workbook")(c.DeclareBatchesWithBodyWithResponse(ctx, &api.DeclareBatchesParams{DryRun: new(true), Locale: new("sv"), Decimal: new(",")}, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", bytes.NewReader(book.Body)))
	ok("with profile")(c.DeclareBatchesWithBodyWithResponse(ctx, nil, "multipart/mixed; boundary=x", strings.NewReader("--x\r\nContent-Type: application/yaml\r\n\r\ncolumns: {Nr: {to: [reference]}}\r\n--x\r\n\r\nNr\nB\n\r\n--x--\r\n")))
	streamed, err := c.DeclareBatchesWithBody(ctx, &api.DeclareBatchesParams{Stream: new(true)}, "text/csv", strings.NewReader(table))
	must(t, err)
	said, err := io.ReadAll(streamed.Body)
	must(t, errors.Join(err, streamed.Body.Close()))
	if lines := strings.Split(strings.TrimSpace(string(said)), "\n"); len(lines) != 3 || !strings.Contains(lines[0], `"pending":1,`) || !strings.Contains(lines[0], `"result":"pending"`) || !strings.Contains(lines[1], `{"row":{"line":2,`) || !strings.Contains(lines[2], `{"report":{`) {
		t.Errorf("%s", said)
	}
	dry, err := api.Decoded[api.Declared](c.DeclareBatchesWithBodyWithResponse(ctx, &api.DeclareBatchesParams{DryRun: new(true)}, "application/json", strings.NewReader(strings.ReplaceAll(strings.Replace(fresh, "WIRE-1", "WIRE-3", 1), "130205*", "13 02 05*"))))
	if err != nil || !dry.DryRun || !dry.Fresh || dry.Values["waste.code"] != "130205*" || len(dry.Readings) != 1 {
		t.Errorf("%+v, %v", dry, err)
	}
	eventTemplate, err := c.WriteEventTemplateWithResponse(ctx, &api.WriteEventTemplateParams{Format: new("xlsx")})
	ok("template of events")(eventTemplate, err)
	ok("text of a template of events")(c.WriteEventTemplateWithResponse(ctx, nil))
	ok("workbook of events")(c.ReportEventsWithBodyWithResponse(ctx, &api.ReportEventsParams{DryRun: new(true)}, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", bytes.NewReader(eventTemplate.Body)))
	ok("events with profile")(c.ReportEventsWithBodyWithResponse(ctx, nil, "multipart/mixed; boundary=x", strings.NewReader("--x\r\nContent-Type: application/yaml\r\n\r\nof: events\r\ncolumns: {Ordernr: {to: [reference]}}\r\nvalues: {kind: received}\r\n--x\r\n\r\nOrdernr;at;mass (t)\nB;2026-11-23T13:00:00Z;1\n\r\n--x--\r\n")))
	events, err := api.Decoded[api.Report](c.ReportEventsWithBodyWithResponse(ctx, &api.ReportEventsParams{By: &by.Name}, "text/csv", strings.NewReader("reference;kind;at;mass (t)\n"+signed.Reference+";pickedUp;"+noon.Format(time.RFC3339)+";\nNONE;received;2026-11-23T13:00:00Z;1\n")))
	if err != nil || events.Refused+events.Unchanged+events.Reported != 2 || events.Rows[1].Result != "refused" {
		t.Errorf("%+v, %v", events, err)
	}
	ok("list")(c.ListBatchesWithResponse(ctx, nil))
	ok("show")(c.ShowBatchWithResponse(ctx, tenant, closed.Reference))
	ok("event")(c.ReportEventWithResponse(ctx, tenant, signed.Reference, sluss.Event{Kind: sluss.Received, At: noon, Mass: sluss.Tonne, By: by}))
	ok("correct")(c.CorrectBatchWithResponse(ctx, tenant, signed.Reference, sluss.Correction{Set: map[string]string{"waste.name": "Oil"}, Reason: "x", By: by}))
	ok("pdf")(c.PrintBatchWithResponse(ctx, tenant, french.Reference))
	ok("inbox")(c.ListInboxWithResponse(ctx, nil))
	ok("filing")(c.ShowFilingWithResponse(ctx, tenant, signed.Reference, duty))
	ok("attempts")(c.ListAttemptsWithResponse(ctx, tenant, closed.Reference, duty))
	ok("sign")(c.SignFilingWithResponse(ctx, tenant, signed.Reference, duty, sluss.Signature{Role: sluss.Officer, Person: by, At: noon.Add(time.Hour), ContentHash: "x"}))
	ok("decide")(c.DecideFilingWithResponse(ctx, tenant, signed.Reference, duty, sluss.Decision{Kind: sluss.DecidedWithdrawn, Reason: "x", By: by}))
	ok("amend")(c.AmendFilingWithResponse(ctx, tenant, closed.Reference, duty, service.Amending{Annul: sluss.SentTwice, Reason: "x", By: by}))
	ok("amend all")(c.AmendBatchWithResponse(ctx, tenant, closed.Reference, service.AmendingAll{Reason: "x", By: by}))
	ok("cancel")(c.CancelBatchWithResponse(ctx, tenant, signed.Reference, service.Cancelling{Reason: "x", By: by}))
	ok("results")(c.ListResultsWithResponse(ctx, nil))
	ok("compile")(c.CompileResultsWithResponse(ctx, api.Compiling{Quarter: "2025Q4"}))
	ok("extract")(c.ReadExtractWithBodyWithResponse(ctx, &api.ReadExtractParams{By: &by.Name}, "text/csv", strings.NewReader("\uFEFFAvfallId;Avfall.Kod;Avfall.Mangd;Tidpunkt;Referens;Verksamhetsutovare;Plats1.Kommunkod;Plats2.Kommunkod\r\n"))) //nolint:misspell // the agency's own words
	ok("vehicles")(c.AskForVehiclesWithResponse(ctx, service.VehicleQuestion{Vehicles: []sluss.Vehicle{{Country: "NO", Plate: "TS20003", Kind: sluss.Lorry}}, Day: noon, EndOfLife: true, BSVHU: true}))
	ok("éco-organismes")(c.ListEcoOrganismesWithResponse(ctx, nil))
	ok("revisions")(c.ListRevisionsWithResponse(ctx))
	ok("answer")(c.AnswerRevisionWithResponse(ctx, "r1", service.Answering{Reply: service.Accept, By: by}))
	ok("export")(c.ExportWasteWithResponse(ctx, sluss.RegisterOrder{Registry: sluss.Trackdechets, Company: "2", Kind: sluss.IncomingWaste, Format: "csv", From: noon}))
	ok("check")(c.CheckReferenceDataWithResponse(ctx, sluss.Trackdechets))
	ok("reference data")(c.ListReferenceDataWithResponse(ctx))
	ok("reference data of one")(c.ShowReferenceDataWithResponse(ctx, sluss.Trackdechets))
	ok("explain")(c.ExplainCodeWithResponse(ctx, 1091, nil))
	ok("sync")(c.SyncNowWithResponse(ctx, sluss.Trackdechets, "1"))
	ok("syncs")(c.ListSyncsWithResponse(ctx))
	ok("quotas")(c.ListQuotasWithResponse(ctx, nil))
	ok("usage")(c.ListUsageWithResponse(ctx, nil))
	act := service.QuotaAct{Reason: "x", By: by.Name}
	ok("pause")(c.PauseQuotaWithResponse(ctx, sluss.Avfallsregistret, act))
	ok("resume")(c.ResumeQuotaWithResponse(ctx, sluss.Avfallsregistret, act))
	company := sluss.Company{Country: "NO", ID: "889640782", Name: "Fjord AS", Entry: sluss.Entry{By: by}}
	ok("add a company")(c.AddCompanyWithResponse(ctx, company))
	ok("add it again")(c.AddCompanyWithResponse(ctx, company))
	ok("end it")(c.EndCompanyWithResponse(ctx, tenant, company.Country, company.ID, sluss.Ending{By: by, Reason: "sold"}))
	ok("companies")(c.ListCompaniesWithResponse(ctx, &api.ListCompaniesParams{All: new(true)}))
	mandate, err := api.Decoded[sluss.Mandate](c.AddMandateWithResponse(ctx, sluss.Mandate{
		Country: "SE", ID: "5560360793", Name: "Bruk AB", Duties: []string{sluss.AllDuties}, From: "2026-12-01", Evidence: "letter", As: sluss.AsAgent, Entry: sluss.Entry{By: by},
	}))
	if err != nil || mandate.Number == 0 || mandate.At.IsZero() {
		t.Errorf("mandate: %+v, %v", mandate, err)
	}
	ok("end the mandate")(c.EndMandateWithResponse(ctx, tenant, mandate.Number, sluss.Ending{By: by, Reason: "over"}))
	ok("mandates")(c.ListMandatesWithResponse(ctx, &api.ListMandatesParams{Tenant: new(tenant)}))
	ok("receipt of others")(c.TellReceiptWithResponse(ctx, tenant, signed.Reference, duty, api.Told{Receipt: "072f294c-9e70-4cf6-b6a3-139922067ddc", By: by}))
	ok("whose")(c.AssignDutyWithResponse(ctx, tenant, signed.Reference, duty, api.Assignment{Whose: sluss.Theirs, Reason: "x", By: by}))
	ok("lower")(c.LowerQuotaWithResponse(ctx, sluss.Avfallsregistret, act))
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, server.URL+"/api/openapi.yaml", nil)
	must(t, err)
	answer, err := wire.Do(r)
	must(t, err)
	must(t, answer.Body.Close())
	// The deliveries of webhooks, a result's correction and a signature by a code have tests of their own.
	if missed := apitest.Missed(wire); !slices.Equal(missed, []string{"correctResult", "deliverNotices", "deliverNoticesOfCompany", "signFilingByCode"}) {
		t.Errorf("not asked: %q", missed)
	}
}
