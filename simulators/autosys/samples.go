package autosys

import "time"

// SampleVehicles returns a handful of invented vehicles whose deadlines and approvals are fit or overdue
// as seen from the given day:
//
//	TS 10003  N3 lorry, ADR approval (FL, AT), inspection valid
//	TS 1004   O4 tank semi-trailer, ADR approval with tank code, inspection valid
//	TS 20001  N3 lorry, inspection overdue
//	TS 20002  N3 lorry, de-registered (AVREGISTRERT)
//	TS 20003  electric car, scrapped (VRAKET)
//	TS 20004  shielded: the registry withholds its data
//	TS 30001  N1 van, payload 740 kg, train weight written as 0
//	TS 2005   O2 trailer without inspection duty
//	TS 30002  plug-in hybrid car with the personal plate "BLÅ BÆR"
func SampleVehicles(today time.Time) []Vehicle {
	day := func(years, months, days int) string { return today.AddDate(years, months, days).Format(time.DateOnly) }
	lorry := func(plate, vin string) Vehicle {
		return Vehicle{
			Plate: plate, VIN: vin, Category: "N3", Make: "VOLVO", Model: "FM", FirstRegistered: "2021-05-20",
			KerbKg: 11_200, PayloadKg: new(14_725), TotalKg: 26_000, TrainKg: new(50_000), BrakedTrailerKg: 24_000,
			Fuels: []string{"2"}, LastInspected: day(0, -5, 0), InspectionDue: day(0, 7, 0),
		}
	}
	tanker := lorry("TS10003", "TESTSYNTHN3000001")
	tanker.ADR = &ADR{Certificate: "TEST-ADR-0001", Types: []string{"FL", "AT"}, From: day(0, -4, 0), To: day(0, 8, 0)}

	overdue := lorry("TS20001", "TESTSYNTHN3000002")
	overdue.LastInspected, overdue.InspectionDue = day(-1, -1, 0), day(0, -1, 0)

	deregistered := lorry("TS20002", "TESTSYNTHN3000003")
	deregistered.Status, deregistered.StatusSince = StatusDeregistered, day(0, -2, 0)

	shielded := lorry("TS20004", "TESTSYNTHN3000004")
	shielded.Shielded = true

	return []Vehicle{
		tanker,
		{
			Plate: "TS1004", VIN: "TESTSYNTHO4000001", Category: "O4", Make: "TESTTANK", Model: "TS3", FirstRegistered: "2021-05-20",
			KerbKg: 7_600, PayloadKg: new(31_400), TotalKg: 39_000,
			LastInspected: day(0, -5, 0), InspectionDue: day(0, 7, 0),
			ADR: &ADR{
				Certificate: "TEST-ADR-0002", Types: []string{"FL"}, From: day(0, -4, 0), To: day(0, 8, 0),
				TankCode: "LGBF", TankLitres: 38_000,
			},
		},
		overdue,
		deregistered,
		{
			Plate: "TS20003", VIN: "TESTSYNTHM1000001", Category: "M1", Make: "TESTBIL", Model: "E1", FirstRegistered: "2014-03-03",
			Status: StatusScrapped, StatusSince: day(0, -3, 0), KerbKg: 1_520, PayloadKg: new(405), TotalKg: 2_000,
			Fuels: []string{"5"}, LastInspected: day(-2, 0, 0), InspectionDue: day(0, 2, 0),
		},
		shielded,
		{
			Plate: "TS30001", VIN: "TESTSYNTHN1000001", Category: "N1", Make: "FORD", Model: "TRANSIT CUSTOM", FirstRegistered: "2019-06-17",
			KerbKg: 2_085, PayloadKg: new(740), TotalKg: 2_900, TrainKg: new(0), BrakedTrailerKg: 2_000,
			Fuels: []string{"2"}, LastInspected: day(-1, 0, 0), InspectionDue: day(1, 0, 0),
		},
		{
			Plate: "TS2005", VIN: "TESTSYNTHO2000001", Category: "O2", Make: "TESTHENGER", FirstRegistered: "2018-04-11",
			KerbKg: 310, PayloadKg: new(1_040), TotalKg: 1_350,
		},
		{
			Plate: "TS30002", PersonalPlate: "BLÅ BÆR", VIN: "TESTSYNTHM1000002", Category: "M1", Make: "TESTBIL", Model: "H2",
			FirstRegistered: "2020-09-01", KerbKg: 1_780, PayloadKg: new(470), TotalKg: 2_325, TrainKg: new(3_825), BrakedTrailerKg: 1_500,
			Fuels: []string{"1", "5"}, Hybrid: "LADBAR", LastInspected: day(-1, 0, 0), InspectionDue: day(1, 0, 0),
		},
	}
}
