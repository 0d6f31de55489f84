package avfallsregistret

import (
	"fmt"
	"time"

	"sluss"
)

// removal is the producer's note of ch. 6 § 1. By the law its new holder is "the
// recipient and the place where the waste is handled other than by transport or
// reloading". That is the receiver, whatever the number of transporters.
func (w *writer) removal() any {
	d := w.content.Declaration
	note := transportplanering{
		anteckning:    w.common(d.Producer, "producer", w.declared(), 0),
		borttransport: w.leaving(1),
		Transportsatt: w.mode(0),
		Uppkomstplats: w.place("uppkomstplats", d.Legs[0].From, at(0, "from")),
		CfarNR:        "SAKNAS",
	}
	w.fields["cfarNR"] = at(0, "from.establishment")
	if number := d.Legs[0].From.Establishment; number != "" {
		note.CfarNR = number
	}
	return note
}

// transport is the note of one leg's transporter by ch. 6 § 2: from whom and
// where, and to whom and where.
func (w *writer) transport() any {
	d, leg := w.content.Declaration, w.content.Obligation.Leg
	i := leg - 1
	next := d.Route()[i].TakesOver
	return transport{
		anteckning:          w.common(d.Legs[i].Transporter, at(i, "transporter"), w.declared(), i),
		TidigareInnehavare:  w.holder(leg),
		NyInnehavare:        w.party("nyInnehavare", next.Party, next.Path),
		TransportStartDatum: w.happened("transportStartDatum", sluss.Departure(leg)),
		TransportStartplats: w.place("transportStartplats", d.Legs[i].From, at(i, "from")),
		TransportSlutplats:  w.place("transportSlutplats", d.Legs[i].To, at(i, "to")),
		Transportsatt:       w.mode(i),
	}
}

// reception is the treater's note of ch. 6 § 5 p. 1: "who last handled the waste
// and where". We read that as the party that handed it over at the start of the
// last leg, and the place where it did. We do not read it as the transporter, who
// reports under § 2 and has no place of handling. The two places of the note are
// therefore the two ends of the last leg, as in the transporter's note before it.
func (w *writer) reception() any {
	d := w.content.Declaration
	leg := len(d.Legs)
	return behandlingsmottagning{
		anteckning:             w.common(d.Receiver, "receiver", w.received(), leg),
		MottagningsDatum:       w.happened("mottagningsDatum", sluss.NewEventID(sluss.Received, 0)),
		TidigareInnehavare:     w.holder(leg),
		SenasteHanteringsplats: w.place("senasteHanteringsplats", d.Legs[leg-1].From, at(leg-1, "from")),
		BehandlingsPlats:       w.place("behandlingsPlats", d.Legs[leg-1].To, at(leg-1, "to")),
	}
}

// collection is the collector's note of ch. 6 § 3 p. 1, with "who last handled
// the waste and where" as in reception. Its next place of handling is the end of
// the last leg, where the collector takes the waste; what follows is the subject of
// another note. The mode is that of the last leg. The law requires it only if the
// collector carried the waste itself, but the registry always does.
func (w *writer) collection() any {
	d := w.content.Declaration
	leg := len(d.Legs)
	return insamlingsMottagning{
		anteckning:              w.common(d.Receiver, "receiver", w.received(), leg),
		MottagningsDatum:        w.happened("mottagningsDatum", sluss.NewEventID(sluss.Received, 0)),
		TidigareInnehavare:      w.holder(leg),
		KommandeHanteringsPlats: w.place("kommandeHanteringsPlats", d.Legs[leg-1].To, at(leg-1, "to")),
		SenasteHanteringsPlats:  w.place("senasteHanteringsPlats", d.Legs[leg-1].From, at(leg-1, "from")),
		Transportsatt:           w.mode(leg - 1),
	}
}

// collectionTransport is the collector's note of ch. 6 § 3 p. 2 on what it sends
// on. Recipient and place are determined as in removal.
func (w *writer) collectionTransport() any {
	leg := max(w.content.Obligation.Leg, 1)
	collector := w.content.Declaration.Route()[leg-1].HandsOver
	return insamlingsTransport{
		anteckning:    w.common(collector.Party, collector.Path, w.declared(), leg-1),
		borttransport: w.leaving(leg),
		Transportsatt: w.mode(leg - 1),
	}
}

// forwarding is the treater's note of ch. 6 § 5 p. 3 on what it sends on, made as
// in collectionTransport. The law requires the mode only if the treater carries the
// waste itself, and so does the registry in this note.
func (w *writer) forwarding() any {
	leg := max(w.content.Obligation.Leg, 1)
	route := w.content.Declaration.Route()[leg-1]
	treater, carrier := route.HandsOver, route.Carrier
	note := behandlingsoverlamning{
		anteckning:    w.common(treater.Party, treater.Path, w.declared(), leg-1),
		borttransport: w.leaving(leg),
	}
	if mode := w.mode(leg - 1); treater.ID == carrier.ID && treater.Country == carrier.Country {
		note.Transportsatt = mode
	}
	return note
}

// deal is the dealer's or broker's note of ch. 6 § 4, made when the declaration was.
// It has no place, since a dealer or broker need not have held the waste.
func (w *writer) deal() any {
	d, i := w.content.Declaration, w.content.Obligation.Deal-1
	deal, path := d.Deals[i], func(below string) string { return fmt.Sprintf("deals.%d.%s", i, below) }
	note := handel{
		anteckning: w.newNote(about{
			operator: deal.Trader, path: path("trader"), noted: w.notedDeal(deal.At), waste: w.declared(),
			reference: d.Reference, preceding: w.preceding(0),
		}),
		TidigareInnehavare: w.party("tidigareInnehavare", deal.From, path("from")),
		NyInnehavare:       w.party("nyInnehavare", deal.To, path("to")),
		TransaktionsDatum:  w.time(deal.At),
	}
	w.fields["transaktionsDatum"] = path("at")
	return note
}

// result is the treater's note of ch. 6 § 5 p. 2 on what it treated of one waste
// code in one quarter at one site. Its reference is quarter and code, since it covers
// many batches.
func (w *writer) result() any {
	r := w.content.Result
	note := behandlingsresultat{
		anteckning: w.newNote(about{
			operator: r.Treater, path: "result.treater", noted: w.compiled(*r),
			waste:     waste{r.Code, "result.code", r.Mass, "result.mass"},
			reference: r.Quarter.String() + " " + bareCode(r.Code), preceding: w.preceding(0),
		}),
		Rapporteringsar:        r.Quarter.Year,
		RapporteringskvartalNr: r.Quarter.Number,
		MangdIckeFarligtAvfall: r.NonHazardous,
		MangdMaterialProdukt:   r.Product,
	}
	// The registry requires one of the two, and refuses a zero.
	switch {
	case nought(r.NonHazardous) && r.Product != nil:
		note.MangdIckeFarligtAvfall = nil
	case nought(r.Product) && r.NonHazardous != nil:
		note.MangdMaterialProdukt = nil
	}
	for _, m := range r.Methods {
		note.Behandlingar = append(note.Behandlingar, behandling{m.Operation, m.Sub})
	}
	for field, path := range map[string]string{
		"rapporteringsar": "quarter.year", "rapporteringskvartalNr": "quarter.number", "behandlingar": "methods",
		"mangdIckeFarligtAvfall": "non_hazardous", "mangdMaterialProdukt": "product", "atervinningsresultattypkod": "oil.kind",
		"mangdRegenerering": "oil.regenerated", "mangdAnnanMaterialatervinning": "oil.recycled",
		"mangdEnergiatervinning": "oil.energy", "mangdBortskaffande": "oil.disposed", "specifikationAnnan": "oil.other",
	} {
		w.fields[field] = "result." + path
	}
	w.fields["referens"] = "result.quarter"
	if oil := r.Oil; oil != nil {
		note.Atervinningsresultattypkod, note.SpecifikationAnnan = oil.Kind, oil.Other
		note.MangdRegenerering, note.MangdAnnanMaterialatervinning = oil.Regenerated, oil.Recycled
		note.MangdEnergiatervinning, note.MangdBortskaffande = oil.Energy, oil.Disposed
	}
	return note
}

func nought(m *sluss.Mass) bool { return m != nil && *m == 0 }

// compiled is when the result was compiled; if that is not known, at the end of its
// quarter in Sweden.
func (w *writer) compiled(r sluss.Result) string {
	w.fields["tidpunkt"] = "result.compiled_at"
	if r.CompiledAt.IsZero() {
		return w.time(time.Date(r.Quarter.Year, time.Month(3*r.Quarter.Number)+1, 1, 0, 0, 0, 0, w.zone).Add(-time.Second))
	}
	return w.time(r.CompiledAt)
}

// leaving holds the fields on departure that three kinds of notes have in common:
// when the waste leaves on a leg and with whom, and its final receiver and place.
func (w *writer) leaving(leg int) borttransport {
	d := w.content.Declaration
	last := len(d.Legs) - 1
	return borttransport{
		BorttransportDatum: w.happened("borttransportDatum", sluss.Departure(leg)),
		Transportor:        w.party("transportor", d.Legs[leg-1].Transporter, at(leg-1, "transporter")),
		NyInnehavare:       w.party("nyInnehavare", d.Receiver, "receiver"),
		Mottagningsplats:   w.place("mottagningsplats", d.Legs[last].To, at(last, "to")),
	}
}
