package trackdechets

import (
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"sluss/simulators/trackdechets/refusal"
	"sluss/simulators/trackdechets/tree"
)

func TestLists(t *testing.T) {
	now := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	r := newRegistry(t, Options{Now: func() time.Time { return now }})
	var ids []string
	for i, status := range []Status{Draft, Sealed, Sent} {
		ids = append(ids, r.bring(status, with(createInput(), "customId", fmt.Sprintf("ERP-%d", i))))
		now = now.Add(time.Second)
	}
	list := func(actor, args string) string {
		a := r.ask(actor, `{forms`+args+`{id}}`, nil)
		if a.code != "" {
			return a.code
		}
		var found []string
		for _, entry := range tree.List(a.body, "data.forms") {
			for i, id := range ids {
				if id == tree.Text(entry.(map[string]any), "id") {
					found = append(found, fmt.Sprint(i))
				}
			}
		}
		return strings.Join(found, " ")
	}
	for _, test := range []struct{ actor, args, want string }{
		{"producer", "", "2 1 0"},
		{"destination", "", "2 1"}, // another's draft is invisible
		{"both", "", refusal.BadUserInput},
		{"both", `(siret:"` + producer + `")`, "2 1 0"},
		{"producer", `(siret:"` + destination + `")`, refusal.Denied},
		{"producer", `(customId:"ERP-1")`, "1"},
		{"producer", `(status:[SENT,DRAFT])`, "2 0"},
		{"producer", `(roles:[RECIPIENT])`, ""},
		{"producer", `(hasNextStep:true)`, "1 0"},
		{"destination", `(hasNextStep:true)`, "2"},
		{"destination", `(hasNextStep:false)`, "1"},
		{"producer", `(roles:[EMITTER], first:1)`, "2"},
		{"producer", `(last:1)`, "0"},
		{"producer", `(cursorAfter:"` + ids[2] + `")`, "1 0"},
		{"producer", `(cursorBefore:"` + ids[1] + `")`, "2"},
		{"producer", `(cursorAfter:"nobody")`, ""},
		{"producer", `(first:1, cursorBefore:"nobody")`, refusal.BadUserInput},
		{"producer", `(last:1, cursorAfter:"nobody")`, refusal.BadUserInput},
		{"producer", `(cursorAfter:"a", cursorBefore:"b")`, refusal.BadUserInput},
		{"producer", `(last:101)`, refusal.BadUserInput},
		{"producer", `(updatedAfter:"2026-11-22T12:00:01Z")`, "2 1"},
		{"producer", `(sentAfter:"2026-01-01")`, "2"},
		{"anonymous", "", refusal.Unauthenticated},
	} {
		if got := list(test.actor, test.args); got != test.want {
			t.Errorf("%s forms%s: %q, want %q", test.actor, test.args, got, test.want)
		}
	}
	readable := r.recorded(ids[2]).ReadableID
	a := r.ask("producer", `query($r: String){a: form(readableId:$r){...f} b: form(readableId:$r){__typename id @skip(if: true) status}} fragment f on Form{id}`, map[string]any{"r": readable})
	if tree.Text(a.body, "data.a.id") != ids[2] || !reflect.DeepEqual(a.body["data"].(map[string]any)["b"], map[string]any{"__typename": "Form", "status": "SENT"}) {
		t.Errorf("%v", a.body)
	}
}

func TestCompanyInfos(t *testing.T) {
	r := newRegistry(t, Options{})
	a := r.ask("anonymous", `{companyInfos(siret:"`+transporter+`"){isRegistered isDormant companyTypes transporterReceipt{receiptNumber validityLimit}}}`, nil)
	want := map[string]any{
		"isRegistered": true, "isDormant": false, "companyTypes": []any{"TRANSPORTER"},
		"transporterReceipt": map[string]any{"receiptNumber": "the number", "validityLimit": "2055-01-01T00:00:00.000Z"},
	}
	if got := tree.Object(a.body, "data.companyInfos"); !reflect.DeepEqual(got, want) {
		t.Errorf("%v", got)
	}
}
