package autosys

import (
	"fmt"
	"slices"

	"sluss"
)

const (
	weightsField  = "godkjenning.tekniskGodkjenning.tekniskeData.vekter."
	payloadField  = weightsField + "nyttelast"
	trainField    = weightsField + "tillattVogntogvekt"
	loadField     = "waste.mass"
	biggerVehicle = "take vehicles with more payload, load less, or correct the mass if it is wrong"
)

// carries compares the load with what the combination may carry. The register's payloads are a guide, so within a
// tenth of the limit it warns.
func (fs *findings) carries(load Load, combination []known, unknown int) {
	var sum sluss.Mass
	for _, v := range combination {
		if v.pullsOnly() {
			continue
		}
		payload, ok := v.payload()
		if !ok {
			unknown++
			fs.warn(sluss.Reason{Code: payloadField, Field: v.field, Message: "the register has no payload for this vehicle", Remedy: "check the load against the registration card"})
			continue
		}
		sum += payload
	}
	reason := sluss.Reason{Code: payloadField, Field: loadField, Remedy: biggerVehicle}
	switch {
	case load.Mass > sum && unknown > 0:
		reason.Message = fmt.Sprintf("the load of %s is more than the %s that the known vehicles may carry; %d of the leg could not be counted", load.Mass, sum, unknown)
		reason.Remedy = "check the load against the papers of the other vehicles"
		fs.warn(reason)
	case load.Mass > sum:
		reason.Message = fmt.Sprintf("the load of %s is more than the payload of %s", load.Mass, sum)
		fs.refuse(reason)
	case near(load.Mass, sum):
		reason.Message = fmt.Sprintf("the load of %s is within a tenth of the payload of %s, which is a guide only", load.Mass, sum)
		fs.warn(reason)
	}
	if unknown == 0 {
		fs.pulls(load, combination)
	}
}

// pulls compares the weight of the whole combination with what its one lorry may weigh with trailers.
func (fs *findings) pulls(load Load, combination []known) {
	lorry := slices.IndexFunc(combination, func(v known) bool { return v.kind == sluss.Lorry })
	if lorry < 0 || len(combination) < 2 {
		return
	}
	limit, limited := mass(combination[lorry].weights().Train)
	weight := load.Mass
	for i, v := range combination {
		kerb, ok := mass(v.weights().Kerb)
		if !ok || i != lorry && v.kind == sluss.Lorry {
			return
		}
		weight += kerb
	}
	reason := sluss.Reason{Code: trainField, Field: loadField, Remedy: biggerVehicle}
	switch {
	case !limited:
	case weight > limit:
		reason.Message = fmt.Sprintf("the combination weighs %s with its load, and the lorry may not be part of one of more than %s", weight, limit)
		fs.refuse(reason)
	case near(weight, limit):
		reason.Message = fmt.Sprintf("the combination weighs %s with its load, within a tenth of the %s that the lorry may be part of", weight, limit)
		fs.warn(reason)
	}
}

func near(weight, limit sluss.Mass) bool { return weight > limit-limit/10 }

func (v known) weights() Weights { return v.Approval.Technical.Data.Weights }

// pullsOnly: a tractor unit. What the register gives as its payload is the part of the semi-trailer that rests on it.
func (v known) pullsOnly() bool {
	t := v.Approval.Technical
	return v.kind == sluss.Lorry && slices.ContainsFunc([]Code{t.Classification.SubCategory, t.Data.Body.Type}, func(c Code) bool {
		return c.Value == "BC" || c.Value == "BD" // bodywork codes of regulation (EU) 2018/858, annex I
	})
}

// payload is what the vehicle may carry, or else what is left of its permitted weight.
func (v known) payload() (sluss.Mass, bool) {
	if payload, ok := mass(v.weights().Payload); ok {
		return payload, true
	}
	total, hasTotal := mass(v.weights().Total)
	kerb, hasKerb := mass(v.weights().Kerb)
	return max(0, total-kerb), hasTotal && hasKerb
}

// heaviest is beyond any vehicle: a greater weight is a mistake.
const heaviest = Kg(1_000_000)

// mass is a weight of the register, where it has one: it writes 0 for some that it does not know.
func mass(k *Kg) (sluss.Mass, bool) {
	if k == nil || *k <= 0 || *k > heaviest {
		return 0, false
	}
	return sluss.Mass(*k) * sluss.Kilogram, true
}
