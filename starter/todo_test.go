package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/urfave/cli/v2"

	"sluss"
	"sluss/api"
	"sluss/declarations"
	"sluss/ledger"
	"sluss/service"
	"sluss/workflows"
)

func TestWhatToDo(t *testing.T) {
	filing := func(tenant string, stage sluss.FilingStage, waiting sluss.Role, note sluss.ReportKind, fields ...string) ledger.Filing {
		f := ledger.Filing{
			ID: sluss.NewBatchID(tenant, "A-1").Filing("x.y#1"), Batch: sluss.NewBatchID(tenant, "A-1"), Open: true, Stage: stage, Waiting: waiting,
			Hash: "sha256:0f", Obligation: sluss.Obligation{ID: "x.y#1", Report: note},
		}
		for _, field := range fields {
			f.Reasons = append(f.Reasons, sluss.Reason{Field: field})
		}
		return f
	}
	tail := " --reason REASON --by NAME"
	lost := filing("", sluss.StageUnknown, sluss.Officer, "")
	lost.Obligation.Registry = sluss.Avfallsregistret
	for name, test := range map[string]struct {
		filing ledger.Filing
		want   []string
	}{
		"sign":             {filing("", sluss.StageSignature, sluss.Producer, ""), []string{"starter sign A-1 --role producer --filing x.y#1 --hash sha256:0f --name NAME"}},
		"correct":          {filing("", sluss.StageRejected, sluss.Officer, sluss.ReportRemoval, "waste.mass", "", "waste.mass", "waste.code"), []string{"starter correct A-1 waste.mass=VALUE waste.code=VALUE" + tail, "starter decide A-1/x.y#1 again" + tail, "starter decide A-1/x.y#1 taken --receipt ID" + tail, "starter decide A-1/x.y#1 withdrawn" + tail}},
		"correct anything": {filing("north", sluss.StageRejected, sluss.Officer, sluss.ReportRemoval), []string{"starter correct north/A-1 PATH=VALUE" + tail, "starter decide north/A-1/x.y#1 again" + tail, "starter decide north/A-1/x.y#1 taken --receipt ID" + tail, "starter decide north/A-1/x.y#1 withdrawn" + tail}},
		"clearance":        {filing("", sluss.StageRejected, sluss.Officer, sluss.ReportClearance), []string{"starter correct A-1 PATH=VALUE" + tail, "starter decide A-1/x.y#1 again" + tail, "starter decide A-1/x.y#1 override" + tail, "starter decide A-1/x.y#1 withdrawn" + tail}},
		"unknown":          {filing("", sluss.StageUnknown, sluss.Officer, ""), []string{"starter decide A-1/x.y#1 taken --receipt ID" + tail, "starter decide A-1/x.y#1 not-taken" + tail}},
		"lost in Sweden":   {lost, []string{"starter extract FILE --by NAME", "starter decide A-1/x.y#1 taken --receipt ID" + tail, "starter decide A-1/x.y#1 not-taken" + tail}},
		"asking by itself": {filing("", sluss.StageUnknown, "", ""), nil},
		"sending":          {filing("", sluss.StageSending, "", ""), nil},
	} {
		if got := nextCommands(service.Seen(test.filing)); fmt.Sprintf("%q", got) != fmt.Sprintf("%q", test.want) {
			t.Errorf("%s: %q, want %q", name, got, test.want)
		}
	}
}

func TestAnEventAtAStorageNamesTheLegThatEndedThere(t *testing.T) {
	s := &starter{zone: winter, now: func() time.Time { return today }}
	for want, args := range map[sluss.EventID][]string{
		"received#1":   {"--leg", "1", "--mass", "9800kg", "--by", "A", "B-1", "received"},
		"accepted#1":   {"--leg", "1", "--by", "A", "B-1", "accepted"},
		"refused#2":    {"--leg", "2", "--reason", "wet", "--by", "A", "B-1", "refused"},
		"received":     {"--mass", "9800kg", "--by", "A", "B-1", "received"},
		"handedOver#2": {"--by", "A", "B-1", "handedOver"},
	} {
		verb := s.eventVerb()
		verb.Action = func(c *cli.Context) error {
			e, err := s.readEvent(c, c.Args().Get(1))
			if err != nil || e.ID() != want {
				t.Errorf("%v: %s, %v", args, e.ID(), err)
			}
			return nil
		}
		if err := (&cli.App{Commands: []*cli.Command{verb}}).RunContext(t.Context(), append([]string{"starter", "event"}, args...)); err != nil {
			t.Errorf("%v: %v", args, err)
		}
	}
}

func TestNextEventsAreCommandsThatWork(t *testing.T) {
	lines := nextEvents("batch/north/A-1", []workflows.Action{
		{Kind: workflows.ActEvent, What: "pickedUp#1", Blocked: []string{"fr.sealing is sending"}},
		{Kind: workflows.ActEvent, What: "handedOver#3"},
		{Kind: workflows.ActSign},
		{Kind: workflows.ActEvent, What: "received"},
		{Kind: workflows.ActEvent, What: "accepted"},
		{Kind: workflows.ActEvent, What: "refused"},
		{Kind: workflows.ActEvent, What: "treated"},
		{Kind: workflows.ActEvent, What: "received#1"},
		{Kind: workflows.ActEvent, What: "accepted#1"},
		{Kind: workflows.ActEvent, What: "refused#2"},
	})
	want := []string{
		"starter event north/A-1 pickedUp --by NAME", "    not yet: fr.sealing is sending",
		"starter event north/A-1 handedOver --leg 3 --by NAME",
		"starter event north/A-1 received --mass MASS --by NAME",
		"starter event north/A-1 accepted --by NAME",
		"starter event north/A-1 refused --reason REASON --by NAME",
		"starter event north/A-1 treated --by NAME",
		"starter event north/A-1 received --leg 1 --mass MASS --by NAME",
		"starter event north/A-1 accepted --leg 1 --by NAME",
		"starter event north/A-1 refused --leg 2 --reason REASON --by NAME",
	}
	if fmt.Sprintf("%q", lines) != fmt.Sprintf("%q", want) {
		t.Errorf("%q\nwant %q", lines, want)
	}
	// Each is taken as far as the service, which is not there.
	t.Setenv("SLUSS_API_URL", "http://127.0.0.1:1")
	for _, line := range lines {
		args, isCommand := strings.CutPrefix(strings.Replace(line, "MASS", "1250kg", 1), "starter ")
		if !isCommand {
			continue
		}
		if code, _, errs := try(t, strings.Fields(args)...); code != exitUnavailable || !strings.Contains(errs, "cannot be reached") {
			t.Errorf("%s: exit %d, %s", line, code, errs)
		}
	}
}

func TestCommandsCanBePasted(t *testing.T) {
	if got, want := command("correct", "A", "x=it's $5", ""), `starter correct A 'x=it'\''s $5' ''`; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

func TestExitCodes(t *testing.T) {
	for _, test := range []struct {
		err  error
		want int
	}{
		{usagef("no"), 2},
		{fmt.Errorf("wrapped: %w", usagef("no")), 2},
		{sluss.Faults{{Problem: "x"}}, 1},
		{fmt.Errorf("row: %w", sluss.Faults{{Problem: "x"}}), 1},
		{fmt.Errorf("wrapped: %w", refused("not now")), 1},
		{noSuch("batch"), 1},
		{&api.Error{Status: 503}, 69},
		{&api.Error{Status: 421}, 2},
		{explained(&api.Error{Status: 401}), 2},
		{errFaults, 1},
		{errStop, 3},
		{errors.New("connection refused"), 69},
	} {
		if got := exitCode(test.err); got != test.want {
			t.Errorf("%v: exit %d, want %d", test.err, got, test.want)
		}
	}
}

func TestImportReports(t *testing.T) {
	var b bytes.Buffer
	row := service.Imported{Row: declarations.Row{Line: 3, Reference: "B", Faults: sluss.Faults{{Field: "waste.mass", Problem: `mass "heavy"`, Remedy: "give kilograms"}}}, Result: service.RowRefused}
	writeRow(&b, row, false)
	writeRow(&b, service.Imported{Row: declarations.Row{Line: 12, Reference: "C"}, Result: service.RowDeclared}, false)
	writeReport(&b, service.Report{Declared: 1, Refused: 1})
	want := `line 3     refused    B
    waste.mass: mass "heavy" (give kilograms)
line 12    declared   C
1 declared, 0 unchanged, 1 refused
Correct the refused rows and import the same file again: the others do not change.
`
	if b.String() != want {
		t.Errorf("%s\nwant\n%s", b.String(), want)
	}
}

func TestSpans(t *testing.T) {
	for d, want := range map[time.Duration]string{
		50 * time.Hour: "2 d 2 h", 25 * time.Hour: "1 d 1 h", 90 * time.Minute: "1 h 30 min", 59 * time.Second: "0 min", 0: "0 min",
	} {
		if got := span(d); got != want {
			t.Errorf("%s: %s, want %s", d, got, want)
		}
	}
}

// An answer that is not from the API, such as a proxy's page, is reported as such.
func TestAForeignAnswerIsNoAnswer(t *testing.T) {
	for _, status := range []int{http.StatusOK, http.StatusNotFound, http.StatusBadGateway} {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/html")
			w.WriteHeader(status)
			_, _ = io.WriteString(w, "<h1>hello</h1>")
		}))
		t.Cleanup(server.Close)
		for _, line := range []string{"list", "show VO-1", "declare ../examples/se-waste-oil.json", "import ../examples/batches.csv", "amend VO-1/se.removal waste.mass=1 --reason x --by A"} {
			s := &starter{in: strings.NewReader(""), out: io.Discard, err: &strings.Builder{}, zone: winter, now: time.Now}
			code := s.run(t.Context(), append(strings.Fields(line), "--api", server.URL))
			if told := fmt.Sprint(s.err); code != exitUnavailable || !strings.Contains(told, "not from this API") {
				t.Errorf("%d to %s: exit %d, %s", status, line, code, told)
			}
		}
	}
}
