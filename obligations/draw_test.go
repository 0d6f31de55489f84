package obligations

import (
	"fmt"
	"strings"
	"time"

	"pgregory.net/rapid"

	"sluss"
	"sluss/obligations/statutetest"
)

// drawDeclaration draws what the statute tells apart; the rest is as in the
// samples.
func drawDeclaration(t *rapid.T) sluss.Declaration {
	parties := []sluss.Party{plant(), carrier(), carrier2(), treater(), company("974760673", "NO", "Transport AS")}
	draw := func(label string) sluss.Party { return rapid.SampledFrom(parties).Draw(t, label) }
	sites := rapid.SampledFrom([]sluss.Site{"", sluss.RecyclingCentre, sluss.Unmanned, sluss.Mobile, sluss.Property})
	place := func(label string) sluss.Place {
		return sluss.Place{
			Country: rapid.SampledFrom([]string{"SE", "SE", "SE", "SE", "SE", "SE", "NO"}).Draw(t, label+" country"),
			Site:    sites.Draw(t, label+" site"),
		}
	}
	d := swedish()
	d.Waste.Code = rapid.SampledFrom([]string{"130205*", "130205*", "130205*", "160103", "160604", "160604*", "200133*"}).Draw(t, "code")
	d.Origin = rapid.SampledFrom([]sluss.Origin{"", "", sluss.Household, sluss.Household, sluss.Household, sluss.UnknownOrigin}).Draw(t, "origin")
	d.Approval = rapid.SampledFrom([]sluss.Role{"", sluss.Officer}).Draw(t, "approval")
	d.Producer, d.Receiver = draw("producer"), draw("receiver")
	if d.Origin != "" {
		d.Producer = sluss.Party{Country: "SE", Name: "Hushåll"}
	}
	d.Receiver.Role = rapid.SampledFrom([]sluss.Role{"", "", sluss.Collector}).Draw(t, "receiver role")
	d.Legs = nil
	departure := drawMoment(t)
	for leg := range rapid.IntRange(1, 3).Draw(t, "legs") {
		label := fmt.Sprintf("leg %d", leg+1)
		departure = departure.Add(time.Duration(rapid.IntRange(0, 80).Draw(t, label+" hours")) * time.Hour)
		d.Legs = append(d.Legs, sluss.Leg{
			Transporter: draw(label), Mode: rapid.SampledFrom([]sluss.Mode{sluss.Road, sluss.Sea, sluss.Pipeline}).Draw(t, label+" mode"), Departure: departure,
			From: place(label + " from"), To: place(label + " to"), Municipal: rapid.Bool().Draw(t, label+" municipal"),
		})
	}
	if role := rapid.SampledFrom([]sluss.Role{"", sluss.Collector, sluss.Treater}).Draw(t, "consignor role"); role != "" {
		c := draw("consignor")
		c.Role = role
		d.Legs[0].Consignor = &c
	}
	for range rapid.IntRange(0, 2).Draw(t, "predecessors") {
		d.Predecessors = append(d.Predecessors, sluss.Predecessor{
			Reference: fmt.Sprintf("P-%d", len(d.Predecessors)), Mass: sluss.Mass(rapid.IntRange(1, 3).Draw(t, "mass")) * sluss.Tonne,
			Receipt: rapid.SampledFrom([]string{"", "", "072f294c-9e70-4cf6-b6a3-139922067ddc"}).Draw(t, "receipt"),
		})
	}
	if d.Predecessors == nil && rapid.Bool().Draw(t, "predecessor") {
		d.Predecessor = "P-9"
	}
	for range rapid.IntRange(0, 2).Draw(t, "deals") {
		trader := draw("trader")
		trader.Role = rapid.SampledFrom([]sluss.Role{sluss.Dealer, sluss.Broker}).Draw(t, "trader role")
		d.Deals = append(d.Deals, sluss.Deal{Trader: trader, From: draw("seller"), To: draw("buyer"), At: drawMoment(t)})
	}
	return d
}

// drawMoment draws a moment of 2020 to 2031, every other one about a day on
// which something changes.
func drawMoment(t *rapid.T) time.Time {
	if rapid.Bool().Draw(t, "any day") {
		return time.Unix(rapid.Int64Range(1_601_510_400, 1_924_991_999).Draw(t, "moment"), 0)
	}
	date, saturdayFrom := statutetest.Date, statutetest.SaturdayFrom
	year := rapid.IntRange(2020, 2030).Draw(t, "year")
	day := rapid.SampledFrom([]time.Time{
		date(2020, 11, 1), date(2020, 12, 1), date(2026, 12, 9), date(2026, 3, 29), date(2026, 10, 25), statutetest.EasterSunday(year),
		date(year, 5, 1), date(year, 6, 6), saturdayFrom(year, 6, 20), saturdayFrom(year, 10, 31), date(year, 12, 24), date(year, 12, 31),
	}).Draw(t, "day")
	return day.Add(time.Duration(rapid.IntRange(-8*24*60, 24*60).Draw(t, "minutes")) * time.Minute)
}

// drawLife draws a life of the batch, whole or up to some event, about as
// planned.
func drawLife(t *rapid.T, d sluss.Declaration) []sluss.Event {
	var events []sluss.Event
	at := d.Legs[0].Departure.Add(-time.Duration(rapid.IntRange(0, 100).Draw(t, "earlier")) * time.Hour)
	for range len(d.Legs) + 4 - rapid.SampledFrom([]int{0, 0, 1, 2, 3, 4}).Draw(t, "still to come") {
		next := Next(d, events)
		if next == nil {
			break
		}
		id := rapid.SampledFrom(next).Draw(t, "event")
		kind, number, _ := strings.Cut(string(id), "#")
		e := sluss.Event{Kind: sluss.EventKind(kind), At: at}
		if number != "" {
			e.Leg = int(number[0] - '0')
		}
		events = append(events, e)
		at = at.Add(time.Duration(rapid.IntRange(0, 100*60).Draw(t, "minutes later")) * time.Minute)
	}
	return events
}
