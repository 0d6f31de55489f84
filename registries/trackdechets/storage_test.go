package trackdechets

import (
	"testing"

	"sluss"
	sim "sluss/simulators/trackdechets"
)

func TestTemporaryStorage(t *testing.T) {
	r, ctx := newRegister(t, sim.Options{}), t.Context()
	d := draft(t, "STORED")
	d.Declaration.Receiver = party(platformID)
	final := Destination{Company: party(receiverID), Acceptance: "CAP-2", Operation: "R1"}
	d.Final = &final
	id := r.sent(d)
	o, e, err := r.client.Store(ctx, platformID, id, Arrival{Mass: 2_900 * sluss.Kilogram, Estimated: true, By: "Stig", At: signedAt})
	r.takes("TEMP_STORED", o, e, err)
	o, e, err = r.client.JudgeStored(ctx, platformID, id, Verdict{Received: 2_900 * sluss.Kilogram, By: "Stig", At: signedAt})
	r.takes("TEMP_STORER_ACCEPTED", o, e, err)
	reseal := Resealing{
		Destination: &final, Transporter: &Transporter{Company: party(transporterID), Mode: sluss.Road, Plates: []string{"EF-456-GH"}},
		Repackaged: &Repackaged{Packagings: []sluss.Packaging{{Kind: sluss.IBC, Count: 3}}, Mass: 2_800 * sluss.Kilogram, UN: "UN 1993"},
	}
	o, e, err = r.client.Reseal(ctx, platformID, id, reseal)
	r.takes("RESEALED", o, e, err)
	o, e, err = r.client.Reseal(ctx, platformID, id, Resealing{}) // again
	r.takes("RESEALED", o, e, err)
	o, e, err = r.client.SignEmission(ctx, platformID, id, emitted)
	r.takes("SIGNED_BY_TEMP_STORER", o, e, err)
	o, e, err = r.client.SignTransport(ctx, transporterID, id, carried)
	r.takes("RESENT", o, e, err)
	o, e, err = r.client.Receive(ctx, receiverID, id, Arrival{By: "Rita", At: signedAt})
	r.takes("RECEIVED", o, e, err)
	o, e, err = r.client.Judge(ctx, receiverID, id, judged)
	r.takes("ACCEPTED", o, e, err)
	o, e, err = r.client.Process(ctx, receiverID, id, burnt)
	r.takes("PROCESSED", o, e, err)
	suite := r.only().Data["temporaryStorageDetail"]
	if got := dig(suite, "temporaryStorer", "quantityReceived"); got != 2.9 {
		t.Errorf("stored %v", got)
	}
	if got := dig(suite, "destination", "company", "siret"); got != receiverID {
		t.Errorf("went on to %v", got)
	}
}

func TestStorageIsRefusedInPart(t *testing.T) {
	for want, refused := range map[string]sluss.Mass{"REFUSED": sluss.Tonne, "TEMP_STORER_ACCEPTED": sluss.Kilogram} {
		r := newRegister(t, sim.Options{})
		d := draft(t, "STORED")
		d.Final = &Destination{Company: party(platformID), Acceptance: "CAP-2", Operation: "R13"}
		id := r.sent(d)
		o, e, err := r.client.Store(t.Context(), receiverID, id, Arrival{Mass: sluss.Tonne, By: "Rita", At: signedAt})
		r.takes("TEMP_STORED", o, e, err)
		o, e, err = r.client.JudgeStored(t.Context(), receiverID, id, Verdict{Received: sluss.Tonne, Refused: refused, Reason: "wet", By: "Rita", At: signedAt})
		r.takes(want, o, e, err)
	}
}

func TestPaper(t *testing.T) {
	r, ctx := newRegister(t, sim.Options{}), t.Context()
	o, e, err := r.client.CreateBSDD(ctx, producerID, draft(t, "PAPER"))
	sealed := r.takes("DRAFT", o, e, err).ID
	o, e, err = r.client.SealBSDD(ctx, producerID, sealed)
	r.takes("SEALED", o, e, err)
	paper := Paper{BSDD: sealed, SentBy: "Carl", SentAt: signedAt, Arrival: Arrival{By: "Rita", At: signedAt}, Verdict: judged, Processed: burnt}
	if o, _, err := r.client.ImportPaper(ctx, producerID, paper); err != nil || o.Kind != sluss.Rejected {
		t.Errorf("by the producer: %+v, %v", o, err)
	}
	o, e, err = r.client.ImportPaper(ctx, receiverID, paper)
	r.takes("PROCESSED", o, e, err)
	anew := draft(t, "PAPER-2")
	paper.BSDD, paper.Draft = "", &anew
	o, e, err = r.client.ImportPaper(ctx, receiverID, paper)
	r.takes("PROCESSED", o, e, err)
	found, _, err := r.client.FindBSDDs(ctx, receiverID, anew.Declaration.ID())
	if err != nil || len(found) != 1 || found[0].Verdict != "ACCEPTED" || found[0].Created.IsZero() {
		t.Errorf("%+v, %v", found, err)
	}
}
