// Package companies has the establishments with their profiles, and the users with their roles.
package companies

import (
	"crypto/sha256"
	"math/big"
	"slices"
	"time"

	"sluss/simulators/trackdechets/tree"
)

// Company is an establishment registered with the service, with its profile.
type Company struct {
	Siret     string `json:"siret,omitempty"`     // 14 digits
	VATNumber string `json:"vatNumber,omitempty"` // instead of Siret, for a foreign transporter
	Name      string `json:"name"`
	Address   string `json:"address"`
	// Types is the profile, as CompanyType of the schema: PRODUCER, TRANSPORTER, WASTEPROCESSOR, COLLECTOR ...
	Types               []string `json:"types"`
	WasteProcessorTypes []string `json:"wasteProcessorTypes,omitempty"`
	CollectorTypes      []string `json:"collectorTypes,omitempty"`
	WasteVehiclesTypes  []string `json:"wasteVehiclesTypes,omitempty"`
	// SecurityCode is the four-digit code that lets others sign for the company.
	SecurityCode  int     `json:"securityCode"`
	Receipt       Receipt `json:"receipt"` // of a transporter
	TraderReceipt Receipt `json:"traderReceipt"`
	BrokerReceipt Receipt `json:"brokerReceipt"`
	// SkipsItemSignature is allowAppendix1SignatureAutomation of the profile: an item of a collection round may leave
	// without the company's signature.
	SkipsItemSignature bool `json:"skipsItemSignature,omitempty"`
	// TakeOverWithoutSignature is allowBsdasriTakeOverWithoutSignature of the profile.
	TakeOverWithoutSignature bool `json:"takeOverWithoutSignature,omitempty"`
	// Dormant companies may not be named on a document.
	Dormant bool `json:"dormant,omitempty"`
}

// Receipt is a receipt in a company's profile; the zero value means there is none.
type Receipt struct {
	Number        string    `json:"number"`
	Department    string    `json:"department"`
	ValidityLimit time.Time `json:"validityLimit"`
}

// ID is the SIRET or, of a foreign company, the VAT number.
func (c Company) ID() string {
	if c.Siret != "" {
		return c.Siret
	}
	return c.VATNumber
}

// OpaqueID is the company's id in mutations that do not accept a SIRET.
func (c Company) OpaqueID() string { return DerivedID("company " + c.ID()) }

// Has says whether the profile holds one of some types.
func (c Company) Has(types ...string) bool {
	return slices.ContainsFunc(types, func(t string) bool { return slices.Contains(c.Types, t) })
}

// Wire is the company as CompanyPublic of the schema.
func (c Company) Wire() map[string]any {
	data := map[string]any{
		"orgId": c.ID(), "name": c.Name, "address": c.Address, "isRegistered": true, "isDormant": c.Dormant,
		"etatAdministratif": "A", "ecoOrganismePartnersIds": []any{},
		"ecoOrganismeAgreements": []any{}, "wasteVehiclesTypes": tree.Anys(c.WasteVehiclesTypes),
		"allowBsdasriTakeOverWithoutSignature": c.TakeOverWithoutSignature,
		"companyTypes":                         tree.Anys(c.Types), "collectorTypes": tree.Anys(c.CollectorTypes), "wasteProcessorTypes": tree.Anys(c.WasteProcessorTypes),
	}
	if c.Siret != "" {
		data["siret"] = c.Siret
	}
	if c.VATNumber != "" {
		data["vatNumber"] = c.VATNumber
	}
	for field, receipt := range map[string]Receipt{"transporterReceipt": c.Receipt, "traderReceipt": c.TraderReceipt, "brokerReceipt": c.BrokerReceipt} {
		if receipt.Number != "" {
			data[field] = map[string]any{
				"id": c.ID(), "receiptNumber": receipt.Number, "department": receipt.Department, "validityLimit": tree.FormatTime(receipt.ValidityLimit),
			}
		}
	}
	return data
}

// DerivedID is an opaque id that follows from what it is the id of.
func DerivedID(of string) string {
	sum := sha256.Sum256([]byte(of))
	written := new(big.Int).SetBytes(sum[:]).Text(36)
	return "c" + written[:24]
}
