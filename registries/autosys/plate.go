package autosys

import "sluss/registries/numbers"

// Plate is a plate number (kjennemerke) as the registry takes it: 2 to 7 capital letters, Æ, Ø and Å among them,
// or digits, without space or hyphen. It is personal data: keep it out of logs and error texts.
type Plate string

// Chassis is a chassis number (understellsnummer) as the registry takes it: 1 to 19 capital letters A-Z or
// digits, not always 17. It is personal data as a plate is.
type Chassis string

// ParsePlate brings a plate into the registry's form: ordinary, personal and veteran plates. Spaces and hyphens go,
// small letters become capitals. The error says everything that is wrong, and not what the plate was.
func ParsePlate(written string) (Plate, error) {
	plate, err := numbers.NorwegianPlate(written)
	return Plate(plate), err
}

// ParseChassis brings a chassis number into the registry's form, as ParsePlate does a plate.
func ParseChassis(written string) (Chassis, error) {
	chassis, err := numbers.NorwegianChassis(written)
	return Chassis(chassis), err
}
