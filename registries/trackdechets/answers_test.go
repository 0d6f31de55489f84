package trackdechets

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"sluss"
	"sluss/registries/trackdechets/bsdd"
	sim "sluss/simulators/trackdechets"
)

func graphqlError(code, message string) string {
	return fmt.Sprintf(`{"errors":[{"message":%q,"extensions":{"code":%q}}],"data":null}`, message, code)
}

// What no simulator does by itself, from a server that says just that.
func TestAnswers(t *testing.T) {
	const good = `{"data":{"createForm":{"id":"cm1","readableId":"BSD-20261122-AAAAAAAAA","status":"DRAFT","updatedAt":"2026-11-22T09:00:00.000Z"}}}`
	reset := time.Now().Add(17 * time.Second)
	tests := []struct {
		name   string
		status int
		header map[string]string
		body   string
		want   sluss.OutcomeKind
		err    error
		says   string // in the detail, the first reason or the error
		wait   time.Duration
	}{
		{"taken", 200, nil, good, sluss.Accepted, nil, "", 0},
		{"half an answer", 200, nil, good[:40], sluss.Unknown, nil, "may or may not", 0},
		{"no data", 200, nil, `{"data":{"createForm":null}}`, sluss.Unknown, nil, "without", 0},
		{"empty", 200, nil, ``, sluss.Unknown, nil, "", 0},
		{"a status that we do not know", 200, nil, `{"data":{"createForm":{"id":"cm1","status":"LOST"}}}`, sluss.Unknown, nil, "", 0},
		{"202", 202, nil, good, sluss.Unknown, nil, "202", 0},
		{"429 without anything", 429, nil, "", sluss.Deferred, nil, "fewer", time.Minute},
		{"429 with Retry-After", 429, map[string]string{"Retry-After": "7"}, "", sluss.Deferred, nil, "", 7 * time.Second},
		{"429 with a date", 429, map[string]string{"Retry-After": reset.UTC().Format(http.TimeFormat)}, "", sluss.Deferred, nil, "", 17 * time.Second},
		{"429 with a reset", 429, map[string]string{"Retry-After": "60", "X-RateLimit-Reset": fmt.Sprint(reset.Unix())}, "", sluss.Deferred, nil, "", 17 * time.Second},
		{"429 with nonsense", 429, map[string]string{"Retry-After": "soon", "X-RateLimit-Reset": "later"}, "", sluss.Deferred, nil, "", time.Minute},
		{"429 that was over long ago", 429, map[string]string{"X-RateLimit-Reset": "1"}, "", sluss.Deferred, nil, "", time.Second},
		{"503 with Retry-After", 503, map[string]string{"Retry-After": "30"}, "", sluss.Deferred, nil, "out of service", 30 * time.Second},
		{"503", 503, nil, "", sluss.Unknown, nil, "503", 0},
		{"504", 504, nil, "", sluss.Unknown, nil, "504", 0},
		{"408", 408, nil, "Request has timed out.", sluss.Unknown, nil, "408", 0},
		{"elsewhere", 301, map[string]string{"Location": "https://example.invalid/"}, "", "", sluss.ErrOperator, "301", 0},
		{"404", 404, nil, "Not found", "", sluss.ErrOperator, "base_url", 0},
		{"403 of a gateway", 403, nil, "<html>", "", sluss.ErrOperator, "403", 0},
		{"malformed", 400, nil, `{"error":"JSON mal formaté ou invalide"}`, "", sluss.ErrOperator, "400", 0},
		{"schema drift", 400, nil, graphqlError("GRAPHQL_VALIDATION_FAILED", `Cannot query field "x".`), "", sluss.ErrOperator, "schema", 0},
		{"unknown input field", 400, nil, graphqlError("BAD_USER_INPUT", `Variable "$createFormInput" got invalid value { name: "Secret" } at "createFormInput.wasteDetails"; Field "x" is not defined by type "WasteDetailsInput".`), "", sluss.ErrOperator, "schema", 0},
		{"a variable is missing", 400, nil, graphqlError("BAD_USER_INPUT", `Variable "$id" of required type "ID!" was not provided.`), "", sluss.ErrOperator, "schema", 0},
		{"a value does not fit", 400, nil, graphqlError("BAD_USER_INPUT", `Variable "$createFormInput" got invalid value 1e400 at "createFormInput.wasteDetails.quantity"; Float cannot represent non numeric value`), sluss.Rejected, nil, "waste.mass", 0},
		{"internal", 200, nil, graphqlError("INTERNAL_SERVER_ERROR", "Erreur serveur : rapport d'erreur 7f3a-99"), sluss.Unknown, nil, "7f3a-99", 0},
		{"another service", 200, nil, graphqlError("EXTERNAL_SERVICE_ERROR", "INSEE"), sluss.Unknown, nil, "", 0},
		{"a new code", 200, nil, graphqlError("TEAPOT", "?"), sluss.Unknown, nil, "TEAPOT", 0},
		{"an error without code", 200, nil, `{"errors":[{"message":"?"}]}`, sluss.Unknown, nil, "", 0},
		{"locked", 200, nil, graphqlError("TOO_MANY_REQUESTS", "Trop de tentatives de validation du code de sécurité. Compte bloqué pendant 10 secondes."), sluss.Rejected, nil, "locked", 0},
		{"forbidden", 200, nil, graphqlError("FORBIDDEN", "Vous n'êtes pas autorisé à sceller ce bordereau"), sluss.Rejected, nil, "does not let", 0},
		{"cancelled", 200, nil, graphqlError("FORBIDDEN", "Vous ne pouvez pas faire cette action, ce bordereau a été annulé"), sluss.Rejected, nil, "cancelled", 0},
		{"sealed fields", 200, nil, graphqlError("FORBIDDEN", "Des champs ont été verrouillés via signature et ne peuvent plus être modifiés : wasteDetailsName"), sluss.Unknown, nil, "perhaps", 0},
		{"wrong step", 200, nil, graphqlError("BAD_USER_INPUT", "Ce bordereau n’en est pas à cette étape de signature"), sluss.Unknown, nil, "perhaps", 0},
		{"words that we do not know", 200, nil, graphqlError("BAD_USER_INPUT", "Il pleut"), sluss.Rejected, nil, "Il pleut", 0},
		{"no words", 200, nil, graphqlError("BAD_USER_INPUT", ""), sluss.Rejected, nil, "without saying why", 0},
		{"not connected", 200, nil, graphqlError("UNAUTHENTICATED", "Vous n'êtes pas connecté."), "", sluss.ErrOperator, producerID, 0},
	}
	b := newBatch(t, "fr-solvents.json")
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			calls := 0
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
				calls++
				if q.Header.Get("Authorization") != "Bearer secret-token" {
					t.Errorf("authorization %q", q.Header.Get("Authorization"))
				}
				for name, value := range test.header {
					w.Header().Set(name, value)
				}
				w.WriteHeader(test.status)
				_, _ = w.Write([]byte(test.body))
			}))
			defer server.Close()
			client := New(Options{URL: server.URL, Tokens: map[string]string{producerID: "secret-token"}})
			told, exchange, err := client.Submit(t.Context(), b.submission(sluss.ReportCreation))
			if told.Kind != test.want || !errors.Is(err, test.err) {
				t.Fatalf("%+v, %v", told, err)
			}
			said := told.Detail
			if err != nil {
				said = err.Error()
			}
			if told.Kind == sluss.Rejected {
				said = told.Reasons[0].Field + " " + told.Reasons[0].Message
			}
			if !contains(said, test.says) || contains(said, "Secret") {
				t.Errorf("says %q, want %q", said, test.says)
			}
			if wait := told.NotBefore.Sub(exchange.Ended); test.wait > 0 && (!told.Throttled || wait < test.wait-2*time.Second || wait > test.wait+2*time.Second) {
				t.Errorf("wait %s, want about %s; %+v", wait, test.wait, told)
			}
			if calls != 1 || exchange.Status != test.status || exchange.Response != test.body || contains(exchange.Request, "secret-token") {
				t.Errorf("%d calls, %+v", calls, exchange)
			}
		})
	}
}

func TestNothingWasSent(t *testing.T) {
	b := newBatch(t, "fr-solvents.json")
	tokens := map[string]string{producerID: "secret-token"}
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	must(t, err)
	refusing := "http://" + listener.Addr().String()
	must(t, listener.Close())
	secure := httptest.NewTLSServer(http.NotFoundHandler())
	defer secure.Close()
	plainly := httptest.NewServer(http.NotFoundHandler())
	defer plainly.Close()
	for _, test := range []struct {
		name, url string
		want      error
	}{
		{"connection refused", refusing, sluss.ErrNotSent},
		{"certificate not trusted", secure.URL, sluss.ErrOperator},
		{"no TLS there", strings.Replace(plainly.URL, "http:", "https:", 1), sluss.ErrOperator},
	} {
		client := New(Options{URL: test.url, Tokens: tokens})
		if _, exchange, err := client.Submit(t.Context(), b.submission(sluss.ReportCreation)); !errors.Is(err, test.want) || exchange.Request == "" || exchange.Status != 0 {
			t.Errorf("%s: submit: %v", test.name, err)
		}
		if _, _, err := client.Find(t.Context(), b.submission(sluss.ReportCreation)); !errors.Is(err, test.want) {
			t.Errorf("%s: find: %v", test.name, err)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, _, err := New(Options{URL: plainly.URL, Tokens: tokens}).Submit(ctx, b.submission(sluss.ReportCreation)); !errors.Is(err, sluss.ErrNotSent) {
		t.Errorf("cancelled before: %v", err)
	}
	odd := b.submission(sluss.ReportClearance)
	if _, _, err := New(Options{URL: plainly.URL, Tokens: tokens}).Submit(t.Context(), odd); !errors.Is(err, sluss.ErrOperator) {
		t.Errorf("another registry's note: %v", err)
	}
	abroad := b.submission(sluss.ReportCreation)
	abroad.Content.Obligation.Leg, abroad.Content.Declaration.Legs = 0, nil
	if _, _, err := New(Options{URL: plainly.URL, Tokens: tokens}).Submit(t.Context(), abroad); !errors.Is(err, sluss.ErrOperator) {
		t.Errorf("no leg in France: %v", err)
	}
}

// What the registry refuses comes back in the words of the declaration.
func TestReasonsNameTheDeclaration(t *testing.T) {
	for _, test := range []struct {
		name    string
		example string
		note    sluss.ReportKind // that is refused
		spoil   func(*sluss.Declaration)
		fields  string
	}{
		{"waste", "fr-solvents.json", sluss.ReportSealing, func(d *sluss.Declaration) {
			d.Waste = sluss.Waste{Code: "140603*", UN: ""}
		}, "waste.mass waste.name waste.consistence"},
		{"code", "fr-solvents.json", sluss.ReportCreation, func(d *sluss.Declaration) { d.Waste.Code = "999999*" }, "waste.code"},
		{"too heavy", "fr-solvents.json", sluss.ReportCreation, func(d *sluss.Declaration) { d.Waste.Mass = 41 * sluss.Tonne }, "waste.mass"},
		{"packagings", "fr-solvents.json", sluss.ReportCreation, func(d *sluss.Declaration) {
			d.Waste.Packagings = []sluss.Packaging{{Kind: sluss.Skip, Count: 3}}
		}, "waste.packagings"},
		{"mixed packagings", "fr-solvents.json", sluss.ReportCreation, func(d *sluss.Declaration) {
			d.Waste.Packagings = []sluss.Packaging{{Kind: sluss.Skip, Count: 1}, {Kind: sluss.Drum, Count: 1}}
		}, "waste.packagings"},
		{"operation", "fr-solvents.json", sluss.ReportCreation, func(d *sluss.Declaration) { d.Treatment.Operation = "D7" }, "treatment.operation"},
		{"CAP", "fr-solvents.json", sluss.ReportSealing, func(d *sluss.Declaration) { d.Treatment.Acceptance = "" }, "treatment.acceptance"},
		{"plates", "fr-solvents.json", sluss.ReportCreation, func(d *sluss.Declaration) { d.Legs[0].Vehicles[0].Plate = "A" }, "legs.0.vehicles.0.plate"},
		{"receiver", "fr-solvents.json", sluss.ReportCreation, func(d *sluss.Declaration) { d.Receiver.ID = "123" }, "receiver.id"},
		{"receiver's profile", "fr-solvents.json", sluss.ReportCreation, func(d *sluss.Declaration) { d.Receiver.ID = outsiderID }, "receiver.id"},
		{"transporter's profile", "fr-solvents.json", sluss.ReportCreation, func(d *sluss.Declaration) { d.Legs[0].Transporter.ID = outsiderID }, "legs.0.transporter.id"},
		{"contacts of the producer", "fr-solvents.json", sluss.ReportSealing, func(d *sluss.Declaration) {
			d.Producer.Contact, d.Producer.Address, d.Producer.Name = sluss.Contact{}, "", ""
		}, "producer.name producer.address producer.contact.name producer.contact.phone producer.contact.email"},
		{"contacts of the platform", "se-to-fr.json", sluss.ReportSealing, func(d *sluss.Declaration) {
			d.Legs[1].Consignor.Contact.Phone = ""
		}, "legs.1.consignor.contact.phone"},
		{"mode", "se-to-fr.json", sluss.ReportTakeOver, func(d *sluss.Declaration) { d.Legs[1].Mode = "" }, "legs.1.mode"},
		{"too long", "fr-solvents.json", sluss.ReportCreation, func(d *sluss.Declaration) { d.Waste.Name = strings.Repeat("x", 251) }, "waste.name"},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := newRegistry(t, sim.Options{})
			b := newBatch(t, test.example)
			test.spoil(&b.declaration)
			for _, note := range beforeDeparture() {
				told, _, err := r.client.Submit(t.Context(), b.submission(note))
				must(t, err)
				if told.Kind == sluss.Accepted {
					b.receipts["fr."+string(note)] = *told.Receipt
					continue
				}
				var fields []string
				for _, reason := range told.Reasons {
					fields = append(fields, reason.Field)
					if reason.Code != "BAD_USER_INPUT" || reason.Message == "" || reason.Original == "" || reason.Remedy == "" {
						t.Errorf("%+v", reason)
					}
					if err := b.declaration.Set(reason.Field, ""); reason.Field == "" || err != nil && !contains(err.Error(), "single value") {
						t.Errorf("%+v names no field of the declaration: %v", reason, err)
					}
				}
				if got := strings.Join(fields, " "); told.Kind != sluss.Rejected || got != test.fields && note == test.note || note != test.note {
					t.Fatalf("%s: %s, want %s: %+v", note, got, test.fields, told)
				}
				return
			}
			t.Error("nothing was refused")
		})
	}
}

// Documents that no simulator holds.
func TestWhatADocumentProves(t *testing.T) {
	b := newBatch(t, "fr-solvents.json")
	b.receipts[bsdd.CreationID] = sluss.Receipt{ID: "cm1"}
	for _, test := range []struct {
		status string
		note   sluss.ReportKind
		want   sluss.OutcomeKind
		err    error
		says   string
	}{
		{"CANCELED", sluss.ReportTakeOver, sluss.Rejected, nil, "cancelled"},
		{"REFUSED", sluss.ReportProcessing, sluss.Rejected, nil, "another verdict"},
		{"REFUSED", sluss.ReportArrival, sluss.Accepted, nil, ""},
		{"TEMP_STORED", sluss.ReportTakeOver, sluss.Accepted, nil, ""},
		{"TEMP_STORED", sluss.ReportArrival, "", sluss.ErrAbsent, ""},
		{"AWAITING_GROUP", sluss.ReportProcessing, sluss.Accepted, nil, ""},
		{"A_NEW_ONE", sluss.ReportSealing, sluss.Deferred, nil, "A_NEW_ONE"},
	} {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			_, _ = fmt.Fprintf(w, `{"data":{"form":{"id":"cm1","readableId":"BSD-1","status":%q}}}`, test.status)
		}))
		client := New(Options{URL: server.URL, Tokens: map[string]string{producerID: "secret-token", transporterID: "secret-token", receiverID: "secret-token"}})
		found, _, err := client.Find(t.Context(), b.submission(test.note))
		server.Close()
		said := found.Detail
		if len(found.Reasons) > 0 {
			said = found.Reasons[0].Message
		}
		if found.Kind != test.want || !errors.Is(err, test.err) || !contains(said, test.says) {
			t.Errorf("%s at %s: %+v, %v", test.note, test.status, found, err)
		}
	}
}

// FuzzAnswers: whatever comes back is one of the four outcomes or one of the errors, and
// complete.
func FuzzAnswers(f *testing.F) {
	for _, body := range []string{
		``, `{}`, `null`, `[]`, `<html></html>`, `{"data":null}`, `{"data":{"createForm":{"id":"a","status":"DRAFT"}}}`, `{"data":{"createForm":[]}}`,
		`{"data":{"forms":[{"id":"a","customId":"batch/default/SOLV-2026-0007"}]}}`, `{"data":{"form":{"id":"a","status":"SENT"}}}`,
		graphqlError("BAD_USER_INPUT", "Émetteur: x\nErreur(s): Déchet : le poids"), graphqlError("FORBIDDEN", ""), graphqlError("", ""),
		`{"errors":[{}]}`, `{"errors":[]}`, `{"errors":[{"message":"\n\n","extensions":{"code":"BAD_USER_INPUT"}}]}`,
		graphqlError("BAD_USER_INPUT", `Variable "$i" got invalid value 1 at "input.quantity"; x`),
	} {
		for _, status := range []int{200, 400, 429, 500, 503} {
			f.Add(status, body, "60", "1")
		}
	}
	f.Fuzz(func(t *testing.T, status int, body, retryAfter, reset string) {
		if status < 200 || status > 599 || strings.ContainsAny(retryAfter+reset, "\r\n") {
			t.Skip("no server answers so")
		}
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Retry-After", retryAfter)
			w.Header().Set("X-RateLimit-Reset", reset)
			w.WriteHeader(status)
			_, _ = w.Write([]byte(body))
		}))
		defer server.Close()
		client := New(Options{URL: server.URL, Tokens: map[string]string{producerID: "secret-token"}, Unchecked: true})
		b := newBatch(t, "fr-solvents.json")
		b.receipts[bsdd.CreationID] = sluss.Receipt{ID: "a"}
		for _, note := range []sluss.ReportKind{sluss.ReportCreation, sluss.ReportSealing, sluss.ReportEmission} {
			o, made, err := client.Submit(t.Context(), b.submission(note))
			complete(t, o, err, made.Ended)
			o, made, err = client.Find(t.Context(), b.submission(note))
			complete(t, o, err, made.Ended)
			if o.Kind == sluss.Unknown {
				t.Error("a question has no unknown outcome")
			}
		}
	})
}

func complete(t *testing.T, o sluss.Outcome, err error, now time.Time) {
	t.Helper()
	if err != nil {
		if !errors.Is(err, sluss.ErrOperator) && !errors.Is(err, sluss.ErrNotSent) && !errors.Is(err, sluss.ErrAbsent) {
			t.Errorf("error %v", err)
		}
		return
	}
	switch o.Kind {
	case sluss.Accepted:
		if o.Receipt == nil || o.Receipt.ID == "" || o.Receipt.At.IsZero() {
			t.Errorf("accepted without receipt: %+v", o)
		}
	case sluss.Rejected:
		if len(o.Reasons) == 0 || o.Reasons[0].Message == "" || o.Reasons[0].Remedy == "" {
			t.Errorf("rejected without reason: %+v", o)
		}
	case sluss.Deferred:
		if !o.NotBefore.After(now) || o.NotBefore.After(now.Add(24*time.Hour)) {
			t.Errorf("deferred until %s", o.NotBefore)
		}
	case sluss.Unknown:
		if o.Detail == "" {
			t.Errorf("unknown without detail: %+v", o)
		}
	default:
		t.Errorf("outcome %+v", o)
	}
}
