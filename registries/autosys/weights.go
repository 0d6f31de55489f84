package autosys

import (
	"fmt"
	"slices"

	"sluss"
)

const (
	weightsField = "godkjenning.tekniskGodkjenning.tekniskeData.vekter."
	payloadField = weightsField + "nyttelast"
	totalField   = weightsField + "tillattTotalvekt"

	trainField       = weightsField + "tillattVogntogvekt"
	trainRoadField   = weightsField + "tillattVogntogvektVeg"
	trailerField     = weightsField + "tillattTilhengervektMedBrems"
	semitrailerField = weightsField + "tekniskTillattVektSemitilhenger"

	loadField     = "waste.mass"
	biggerVehicle = "take vehicles with more payload, load less, or correct the mass if it is wrong"
	weighIt       = "check the load against the registration card"
)

// carries compares the load with what the combination may carry. The registry's payloads are approximate, so it warns
// within a tenth of the limit. undescribed is the number of vehicles without data.
func (fs *findings) carries(load Load, combination []known, undescribed int) {
	unknown := undescribed
	var sum sluss.Mass
	for _, v := range combination {
		if v.pullsOnly() {
			continue
		}
		may, ok := v.payload()
		if !ok {
			unknown++
			fs.add(payloadUnknown, sluss.Reason{Code: payloadField, Field: v.field, Message: "the registry has no payload for this vehicle", Remedy: weighIt})
			continue
		}
		sum += may
	}
	reason := sluss.Reason{Code: payloadField, Field: loadField, Remedy: biggerVehicle}
	switch {
	case load.Mass > sum && unknown > 0:
		reason.Message = fmt.Sprintf("the load weighs %s, but the known vehicles may carry at most %s; the payload of %d of the leg's vehicles is not known", load.weight(), sum, unknown)
		reason.Remedy = "check the load against the papers of the other vehicles"
		fs.add(payloadUnknown, reason)
	case load.Mass > sum:
		reason.Message = fmt.Sprintf("the load weighs %s, but the vehicles may carry at most %s", load.weight(), sum)
		fs.add(payload, reason)
	case near(load.Mass, sum):
		reason.Message = fmt.Sprintf("the load weighs %s, which is more than nine tenths of the payload of %s, and the payload in the registry is approximate", load.weight(), sum)
		fs.add(payloadNear, reason)
	}
	if unknown == 0 && load.Mass <= sum {
		fs.bears(load, combination)
	}
	if undescribed == 0 {
		fs.pulls(load, combination)
	}
}

// bears compares the load with the permitted total weights less the kerb masses: the registry's payloads do not always
// agree with them.
func (fs *findings) bears(load Load, combination []known) {
	var room sluss.Mass
	for _, v := range combination {
		if v.pullsOnly() {
			continue
		}
		more, ok := v.room()
		if !ok {
			return
		}
		room += more
	}
	if load.Mass > room {
		fs.add(totalWeight, sluss.Reason{
			Code: totalField, Field: loadField, Remedy: biggerVehicle,
			Message: fmt.Sprintf("the load weighs %s, which is within the payload, but the permitted total weights less the kerb masses allow at most %s", load.weight(), room),
		})
	}
}

func near(weight, limit sluss.Mass) bool { return weight > limit-limit/10 }

func (v known) weights() Weights { return v.technical().Data.Weights }

// pullsOnly says whether the vehicle is a tractor unit. Its payload in the registry is the part of the semi-trailer
// that rests on it.
func (v known) pullsOnly() bool {
	t := v.technical()
	return v.kind == sluss.Lorry && slices.ContainsFunc([]Code{t.Classification.SubCategory, t.Data.Body.Type}, func(c Code) bool {
		return c.Value == "BC" || c.Value == "BD" // bodywork codes of regulation (EU) 2018/858, annex I
	})
}

// payload is what the vehicle may carry; if the registry has no payload, it is the room that the total weight leaves.
func (v known) payload() (sluss.Mass, bool) {
	if may, ok := mass(v.weights().Payload); ok {
		return may, true
	}
	return v.room()
}

// room is the permitted total weight less the kerb mass.
func (v known) room() (sluss.Mass, bool) {
	total, hasTotal := mass(v.weights().Total)
	kerb, hasKerb := mass(v.weights().Kerb)
	return max(0, total-kerb), hasTotal && hasKerb
}

// heaviest is more than any vehicle weighs: a greater weight is a mistake.
const heaviest = Kg(1_000_000)

// mass is a weight of the registry, if it has one: it writes 0 for some that it does not know.
func mass(k *Kg) (sluss.Mass, bool) {
	if k == nil || *k <= 0 || *k > heaviest {
		return 0, false
	}
	return sluss.Mass(*k) * sluss.Kilogram, true
}

// pulls compares a combination of one lorry and trailers with the lorry's train weight and the weight that it may
// pull.
func (fs *findings) pulls(load Load, combination []known) {
	var trailers []known
	lorry := slices.IndexFunc(combination, func(v known) bool { return v.kind == sluss.Lorry })
	for i, v := range combination {
		if i != lorry {
			trailers = append(trailers, v)
		}
	}
	if lorry < 0 || len(trailers) == 0 || slices.ContainsFunc(trailers, func(v known) bool { return v.kind == sluss.Lorry }) {
		return
	}
	fs.weighs(load, combination[lorry], combination)
	fs.tows(load, combination[lorry], trailers)
}

// weighs compares the weight of the whole combination with the lorry's train weight. A missing kerb mass counts as 0,
// so the combination weighs at least as much as is compared.
func (fs *findings) weighs(load Load, lorry known, combination []known) {
	weight, complete := kerbs(combination)
	weight += load.Mass
	limit, field, limited := lorry.train()
	reason := sluss.Reason{Code: field, Field: loadField, Remedy: biggerVehicle}
	switch {
	case limited && weight > limit:
		reason.Message = fmt.Sprintf("the combination weighs at least %s with its load, but it may weigh at most %s with this lorry", weight, limit)
		fs.add(trainWeight, reason)
	case limited && near(weight, limit):
		reason.Message = fmt.Sprintf("the combination weighs at least %s with its load, which is more than nine tenths of the %s that it may weigh with this lorry", weight, limit)
		fs.add(trainWeightNear, reason)
	case !limited || !complete:
		reason.Message, reason.Remedy = "the registry lacks the train weight of the lorry, or the kerb mass of a vehicle", weighIt
		fs.add(trainWeightUnknown, reason)
	}
}

// train is the lower of the lorry's train weights, as built and for the road, and its field.
func (v known) train() (limit sluss.Mass, field string, ok bool) {
	limit, ok = mass(v.weights().Train)
	if road, more := mass(v.weights().TrainRoad); more && (!ok || road < limit) {
		return road, trainRoadField, true
	}
	return limit, trainField, ok
}

// tows compares the least that the trailers weigh, including the part of the load that the lorry cannot carry itself,
// with what the lorry may pull.
func (fs *findings) tows(load Load, lorry known, trailers []known) {
	limit, ok := mass(lorry.weights().BrakedTrailer)
	reason := sluss.Reason{Code: trailerField, Field: loadField, Remedy: "put more of the load on the lorry, or take a lorry that may pull more"}
	if lorry.pullsOnly() {
		limit, ok = mass(lorry.weights().TechnicalSemitrailer)
		reason.Code = semitrailerField
	}
	if !ok {
		return
	}
	weight, _ := kerbs(trailers)
	if own, known := lorry.payload(); lorry.pullsOnly() {
		weight += load.Mass
	} else if known {
		weight += max(0, load.Mass-own)
	}
	switch {
	case weight > limit:
		reason.Message = fmt.Sprintf("the trailers weigh at least %s with their part of the load, but the lorry may pull at most %s", weight, limit)
		fs.add(trailerWeight, reason)
	case near(weight, limit):
		reason.Message = fmt.Sprintf("the trailers weigh at least %s with their part of the load, which is more than nine tenths of the %s that the lorry may pull", weight, limit)
		fs.add(trailerWeightNear, reason)
	}
}

// kerbs is the sum of the known kerb masses, and whether all of them are known.
func kerbs(vehicles []known) (sum sluss.Mass, complete bool) {
	complete = true
	for _, v := range vehicles {
		kerb, ok := mass(v.weights().Kerb)
		sum += kerb
		complete = complete && ok
	}
	return sum, complete
}
