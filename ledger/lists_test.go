package ledger_test

import (
	"encoding/json"
	"testing"
	"time"

	"sluss"
)

func TestCodeListsStayWhereNoneCame(t *testing.T) {
	l, _ := fresh(t)
	if none, err := l.CodeLists(t.Context(), ""); err != nil || none == nil || len(none) != 0 {
		t.Fatalf("%+v, %v", none, err)
	}
	drift := []sluss.Drift{{List: "avfallstyper", Code: "160605", Problem: "p", Remedy: "r"}}
	first := sluss.CodeLists{Registry: sluss.Avfallsregistret, CheckedAt: noon, FetchedAt: noon, Lists: json.RawMessage(`{"a":1}`), Drift: drift, CertificateEnds: noon.AddDate(1, 0, 0)}
	must(t, l.RecordLists(t.Context(), first))
	must(t, l.RecordLists(t.Context(), sluss.CodeLists{Registry: sluss.Avfallsregistret, CheckedAt: noon.Add(time.Hour), Error: "no answer", CertificateEnds: noon.AddDate(2, 0, 0)}))
	must(t, l.RecordLists(t.Context(), first)) // comes late
	must(t, l.RecordLists(t.Context(), sluss.CodeLists{Registry: "another", CheckedAt: noon}))
	all, err := l.CodeLists(t.Context(), "")
	must(t, err)
	if len(all) != 2 || all[0].Registry != "another" || all[0].Drift == nil || !all[0].FetchedAt.IsZero() || all[1].Lists != nil {
		t.Errorf("%+v", all)
	}
	one, err := l.CodeLists(t.Context(), sluss.Avfallsregistret)
	must(t, err)
	if got := one[0]; got.Error != "no answer" || !got.CheckedAt.Equal(noon.Add(time.Hour)) || !got.FetchedAt.Equal(noon) ||
		len(got.Drift) != 1 || string(got.Lists) != `{"a": 1}` || !got.CertificateEnds.Equal(noon.AddDate(2, 0, 0)) {
		t.Errorf("%+v", got)
	}
	must(t, l.RecordLists(t.Context(), sluss.CodeLists{Registry: sluss.Avfallsregistret, CheckedAt: noon.Add(2 * time.Hour), FetchedAt: noon.Add(2 * time.Hour), Lists: json.RawMessage(`{}`)}))
	if one, err = l.CodeLists(t.Context(), sluss.Avfallsregistret); err != nil || len(one[0].Drift) != 0 || one[0].Error != "" {
		t.Errorf("%+v, %v", one, err)
	}
}
