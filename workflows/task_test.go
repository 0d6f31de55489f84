package workflows_test

import (
	"context"
	"encoding/json"
	"errors"
	"testing"
	"time"

	"go.temporal.io/sdk/temporal"

	"sluss"
	"sluss/activities"
	"sluss/workflows"
	"sluss/workflows/tasktest"
)

func asked(t *testing.T, kind sluss.TaskKind, in any) workflows.TaskInput {
	t.Helper()
	payload, err := json.Marshal(in)
	if err != nil {
		t.Fatal(err)
	}
	return workflows.TaskInput{Registry: sluss.Trackdechets, Kind: kind, Payload: payload}
}

// TestEachTaskIsDoneByItsActivity, which gets the person's input.
func TestEachTaskIsDoneByItsActivity(t *testing.T) {
	for kind, in := range map[sluss.TaskKind]any{
		sluss.TaskRevisions:      activities.RevisionsInput{Registry: sluss.Trackdechets, Company: "1"},
		sluss.TaskRevisionAnswer: activities.AnswerInput{Task: "7"},
		sluss.TaskEcoOrganismes:  sluss.Trackdechets,
		sluss.TaskPrint:          activities.PrintInput{ID: "p", Batch: "b"},
		sluss.TaskVehicles:       activities.SubmitInput{Number: 1, Urgent: true},
	} {
		var given []any
		var out string
		ended := tasktest.Run(asked(t, kind, in), func(in any) (any, error) {
			given = append(given, in)
			return "answer", nil
		})
		if err := ended.Get(t.Context(), &out); err != nil || out != "answer" || len(given) != 1 {
			t.Errorf("%s: %q, %v, given %v", kind, out, err, given)
			continue
		}
		want, _ := json.Marshal(in)
		if got, _ := json.Marshal(given[0]); string(got) != string(want) {
			t.Errorf("%s: given %s, want %s", kind, got, want)
		}
	}
}

// TestATaskFailsAsItsActivityDoes: at once if only an operator can help, else after three tries.
func TestATaskFailsAsItsActivityDoes(t *testing.T) {
	for name, test := range map[string]struct {
		err   error
		tries int
	}{
		"operator": {temporal.NewNonRetryableApplicationError("no token", activities.ErrorOperator, nil), 1},
		"busy":     {temporal.NewApplicationErrorWithOptions("wait", activities.ErrorBusy, temporal.ApplicationErrorOptions{NextRetryDelay: time.Second}), 3},
	} {
		tries := 0
		err := tasktest.Run(asked(t, sluss.TaskEcoOrganismes, sluss.Trackdechets), func(any) (any, error) {
			tries++
			return nil, test.err
		}).Get(context.Background(), nil)
		application, want := (*temporal.ApplicationError)(nil), (*temporal.ApplicationError)(nil)
		if !errors.As(err, &application) || !errors.As(test.err, &want) || application.Type() != want.Type() || application.Message() != want.Message() || tries != test.tries {
			t.Errorf("%s: %v after %d tries", name, err, tries)
		}
	}
	if err := tasktest.Run(asked(t, "dance", nil), nil).Get(t.Context(), nil); err == nil {
		t.Error("an unknown kind is done")
	}
}

// TestAnExportIsOneTask: ordered once, looked for until it is made; what is refused is
// not looked for.
func TestAnExportIsOneTask(t *testing.T) {
	orders, looks := 0, 0
	outcome := sluss.Outcome{Kind: sluss.Accepted, Receipt: &sluss.Receipt{ID: "e1"}}
	answer := func(in any) (any, error) {
		fetch, is := in.(activities.FetchInput)
		if !is {
			orders++
			return outcome, nil
		}
		looks++
		if fetch.ID != "e1" || fetch.Company != "2" {
			t.Errorf("looked for %+v", fetch)
		}
		if looks < 4 {
			return activities.Fetched{Status: "PENDING"}, nil
		}
		return activities.Fetched{Status: "SUCCESSFUL", Done: true}, nil
	}
	order := asked(t, sluss.TaskRegister, activities.OrderInput{RegisterOrder: sluss.RegisterOrder{Company: "2"}, Task: "7"})
	var out workflows.Exported
	if err := tasktest.Run(order, answer).Get(t.Context(), &out); err != nil || !out.Done || out.Ordered.Receipt == nil || orders != 1 || looks != 4 {
		t.Errorf("%+v, %v, %d orders, %d looks", out, err, orders, looks)
	}
	outcome = sluss.Outcome{Kind: sluss.Rejected}
	out = workflows.Exported{}
	if err := tasktest.Run(order, answer).Get(t.Context(), &out); err != nil || out.Done || out.Ordered.Kind != sluss.Rejected || orders != 2 || looks != 4 {
		t.Errorf("refused: %+v, %v, %d orders, %d looks", out, err, orders, looks)
	}
}
