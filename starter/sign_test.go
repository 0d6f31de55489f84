package main

import (
	"fmt"
	"strings"
	"testing"

	"sluss"
)

// The producers of a round sign for themselves, each its own part.
func TestNobodySignsForSeveral(t *testing.T) {
	l := opened(t)
	d := example(t, "fr-solvents.json", "", "RD-1")
	other := d.Producer
	other.ID, other.Name = "00000000283440", "Imprimerie de la Saône SAS"
	d.Pickups = []sluss.Pickup{{Producer: d.Producer}, {Producer: other}}
	events := produced(t, l, d)
	for n := range 2 {
		o := obligation(sluss.ObligationID(fmt.Sprintf("fr.emission#%d", n+1)), sluss.ReportEmission, sluss.Trackdechets, noon)
		o.Role, o.Signer, o.Pickup = sluss.Producer, sluss.Producer, n+1
		file(t, l, d, events, o, sluss.StageSignature, sluss.Producer)
	}
	code, _, errs := try(t, "sign", "RD-1", "--role", "producer", "--name", "A", "--dry-run")
	if code != exitRefused || !strings.Contains(errs, "fr.emission#1 of Ateliers du Rhône SAS; fr.emission#2 of Imprimerie de la Saône SAS") {
		t.Errorf("exit %d, %s", code, errs)
	}
	if code, out, errs := try(t, "sign", "RD-1", "--role", "producer", "--name", "A", "--filing", "fr.emission#2", "--dry-run"); code != exitOK || !strings.Contains(out, "fr.emission#2") {
		t.Errorf("exit %d, %s%s", code, out, errs)
	}
}

// Whether refused waste is reported as received is asked by itself.
func TestAQuestionIsNotSignedWithOthers(t *testing.T) {
	l := opened(t)
	d := example(t, "se-waste-oil.json", "", "VO-1")
	events := produced(t, l, d)
	asked := obligation("se.reception", sluss.ReportReception, sluss.Avfallsregistret, noon)
	asked.Rule.ID, asked.Role, asked.Signer = sluss.RuleRefusal, sluss.Receiver, sluss.Officer
	removal := obligation("se.removal", sluss.ReportRemoval, sluss.Avfallsregistret, noon)
	removal.Role, removal.Signer = sluss.Producer, sluss.Officer
	file(t, l, d, events, removal, sluss.StageSignature, sluss.Officer)
	file(t, l, d, events, asked, sluss.StageSignature, sluss.Officer)
	sign := []string{"sign", "VO-1", "--role", "officer", "--name", "A", "--dry-run"}
	if code, out, errs := try(t, sign...); code != exitOK || !strings.Contains(out, "se.removal") || strings.Contains(out, "se.reception") {
		t.Errorf("exit %d, %s%s", code, out, errs)
	}
	if code, out, errs := try(t, append(sign, "--filing", "se.reception")...); code != exitOK || !strings.Contains(out, "se.reception") {
		t.Errorf("exit %d, %s%s", code, out, errs)
	}
}
