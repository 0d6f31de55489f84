package trackdechets

import (
	"encoding/json"
	"time"

	"sluss"
)

// The inputs of the public schema, as far as we use them. What is empty is sent
// as null, so that a correction can also take something away.

type formInput struct {
	ID           string       `json:"id,omitempty"` // of updateForm
	CustomID     string       `json:"customId"`
	Emitter      emitterInput `json:"emitter"`
	Recipient    recipient    `json:"recipient"`
	WasteDetails wasteDetails `json:"wasteDetails"`
	// Transporter, or several by their ids in Transporters.
	Transporter  *transporter `json:"transporter,omitempty"`
	Transporters []string     `json:"transporters,omitempty"`
	Grouping     []fraction   `json:"grouping,omitempty"`
	// Those who never hold the waste.
	Trader         *dealer       `json:"trader"`
	Broker         *dealer       `json:"broker"`
	EcoOrganisme   *ecoOrganisme `json:"ecoOrganisme"`
	Intermediaries []company     `json:"intermediaries"`
	// TemporaryStorageDetail names where the waste goes after its storage.
	TemporaryStorageDetail *storageDetail `json:"temporaryStorageDetail,omitempty"`
}

type emitterInput struct {
	Type                string    `json:"type"`
	WorkSite            *workSite `json:"workSite"`
	Company             company   `json:"company"`
	IsPrivateIndividual bool      `json:"isPrivateIndividual,omitempty"`
	IsForeignShip       bool      `json:"isForeignShip,omitempty"`
}

type workSite struct {
	Address    text `json:"address"`
	City       text `json:"city"`
	PostalCode text `json:"postalCode"`
}

type recipient struct {
	CAP                 text    `json:"cap"`
	ProcessingOperation text    `json:"processingOperation"`
	Company             company `json:"company"`
	IsTempStorage       bool    `json:"isTempStorage"`
}

type transporter struct {
	Company     company `json:"company"`
	NumberPlate text    `json:"numberPlate"`
	Mode        text    `json:"mode"`

	IsExemptedOfReceipt bool `json:"isExemptedOfReceipt,omitempty"`
}

type company struct {
	SIRET     text `json:"siret"`
	VATNumber text `json:"vatNumber"`
	// ExtraEuropeanID names a company outside the European Union.
	ExtraEuropeanID text `json:"extraEuropeanId,omitempty"`
	// OMINumber names a ship.
	OMINumber text `json:"omiNumber,omitempty"`
	Country   text `json:"country"`
	Name      text `json:"name"`
	Address   text `json:"address"`
	Contact   text `json:"contact"`
	Phone     text `json:"phone"`
	Mail      text `json:"mail"`
}

type wasteDetails struct {
	Code           text        `json:"code"`
	Name           text        `json:"name"`
	IsSubjectToADR bool        `json:"isSubjectToADR"`
	ONUCode        text        `json:"onuCode"`
	PackagingInfos []packaging `json:"packagingInfos"`
	Quantity       *tonnes     `json:"quantity"`
	QuantityType   string      `json:"quantityType"`
	Consistences   []string    `json:"consistences"`
	POP            bool        `json:"pop"`
}

type packaging struct {
	Type     string `json:"type"`
	Other    text   `json:"other"`
	Quantity int    `json:"quantity"`
}

type emission struct {
	PackagingInfos         []packaging `json:"packagingInfos"`
	Quantity               tonnes      `json:"quantity"`
	ONUCode                text        `json:"onuCode"`
	TransporterNumberPlate text        `json:"transporterNumberPlate"`
	EmittedAt              dateTime    `json:"emittedAt"`
	EmittedBy              string      `json:"emittedBy"`
}

type takeOver struct {
	TakenOverAt               dateTime `json:"takenOverAt"`
	TakenOverBy               string   `json:"takenOverBy"`
	TransporterNumberPlate    text     `json:"transporterNumberPlate"`
	TransporterTransportMode  text     `json:"transporterTransportMode"`
	TransporterCompanyContact text     `json:"transporterCompanyContact"`
	TransporterCompanyMail    text     `json:"transporterCompanyMail"`
	TransporterCompanyPhone   text     `json:"transporterCompanyPhone"`
}

// arrival holds the verdict too where it comes from paper.
type arrival struct {
	ReceivedBy             string    `json:"receivedBy"`
	ReceivedAt             dateTime  `json:"receivedAt"`
	WasteAcceptationStatus string    `json:"wasteAcceptationStatus,omitempty"`
	WasteRefusalReason     string    `json:"wasteRefusalReason,omitempty"`
	SignedAt               *dateTime `json:"signedAt,omitempty"`
	QuantityReceived       *tonnes   `json:"quantityReceived,omitempty"`
	QuantityRefused        *tonnes   `json:"quantityRefused,omitempty"`
}

type acceptance struct {
	WasteAcceptationStatus string   `json:"wasteAcceptationStatus"`
	WasteRefusalReason     text     `json:"wasteRefusalReason"`
	SignedAt               dateTime `json:"signedAt"`
	SignedBy               string   `json:"signedBy"`
	QuantityReceived       tonnes   `json:"quantityReceived"`
	QuantityRefused        tonnes   `json:"quantityRefused"`
}

type processing struct {
	ProcessingOperationDone        string   `json:"processingOperationDone"`
	DestinationOperationMode       text     `json:"destinationOperationMode"`
	ProcessingOperationDescription text     `json:"processingOperationDescription"`
	ProcessedBy                    string   `json:"processedBy"`
	ProcessedAt                    dateTime `json:"processedAt"`
	// NextDestination goes with the operations that group or store.
	NextDestination *nextDestination `json:"nextDestination,omitempty"`
	NoTraceability  bool             `json:"noTraceability,omitempty"`
}

// text is a string that is null on the wire when it is empty.
type text string

func (t text) MarshalJSON() ([]byte, error) {
	if t == "" {
		return []byte("null"), nil
	}
	return json.Marshal(string(t))
}

// tonnes is a mass on the wire: an exact decimal number of tonnes.
type tonnes sluss.Mass

func (t tonnes) MarshalJSON() ([]byte, error) { return []byte(sluss.Mass(t).Tonnes()), nil }

// dateTime is a moment on the wire: always with Z, as one without zone would be
// read as Paris time.
type dateTime time.Time

func (d dateTime) MarshalJSON() ([]byte, error) {
	return json.Marshal(time.Time(d).UTC().Format(wireTime))
}

const wireTime = "2006-01-02T15:04:05.000Z"

// UnmarshalJSON reads a moment of the register; what is none is zero.
func (d *dateTime) UnmarshalJSON(data []byte) error {
	var written string
	at, err := time.Time{}, json.Unmarshal(data, &written)
	if err == nil {
		at, err = time.Parse(time.RFC3339, written)
	}
	if err != nil {
		at = time.Time{}
	}
	*d = dateTime(at)
	return nil
}
