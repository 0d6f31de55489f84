package wire

import "reflect"

// The inputs of the public schema, as far as we send them. What is empty is sent
// as null, so that a correction can also take something away.

// Inputs are our types by the names of the inputs that they stand for.
var Inputs = map[string]reflect.Type{
	"CreateFormInput": reflect.TypeFor[FormInput](), "UpdateFormInput": reflect.TypeFor[FormInput](), "SignEmissionFormInput": reflect.TypeFor[Emission](),
	"SignTransportFormInput": reflect.TypeFor[TakeOver](), "ReceivedFormInput": reflect.TypeFor[Arrival](), "AcceptedFormInput": reflect.TypeFor[Acceptance](),
	"ProcessedFormInput": reflect.TypeFor[Processing](), "ImportPaperFormInput": reflect.TypeFor[Paper](), "TempStoredFormInput": reflect.TypeFor[Storing](),
	"TempStorerAcceptedFormInput": reflect.TypeFor[StoringVerdict](), "ResealedFormInput": reflect.TypeFor[Resealing](), "TransporterInput": reflect.TypeFor[Transporter](),
	"CreateFormRevisionRequestInput": reflect.TypeFor[RevisionInput](), "DateFilter": reflect.TypeFor[DateRange](),
	"WebhookSettingCreateInput": reflect.TypeFor[NewWebhook](), "WebhookSettingUpdateInput": reflect.TypeFor[ChangedWebhook](),
}

// FormInput is the content of a BSDD.
type FormInput struct {
	ID           string       `json:"id,omitempty"` // of updateForm
	CustomID     string       `json:"customId"`
	Emitter      Emitter      `json:"emitter"`
	Recipient    Recipient    `json:"recipient"`
	WasteDetails WasteDetails `json:"wasteDetails"`
	// Transporter, or several by their ids in Transporters.
	Transporter  *Transporter `json:"transporter,omitempty"`
	Transporters []string     `json:"transporters,omitempty"`
	Grouping     []Fraction   `json:"grouping,omitempty"`
	// Those who never hold the waste.
	Trader         *Dealer       `json:"trader"`
	Broker         *Dealer       `json:"broker"`
	EcoOrganisme   *EcoOrganisme `json:"ecoOrganisme"`
	Intermediaries []Company     `json:"intermediaries"`
	// TemporaryStorageDetail names where the waste goes after its storage.
	TemporaryStorageDetail *StorageDetail `json:"temporaryStorageDetail,omitempty"`
}

// Emitter hands the waste over.
type Emitter struct {
	Type                string    `json:"type"`
	WorkSite            *WorkSite `json:"workSite"`
	Company             Company   `json:"company"`
	IsPrivateIndividual bool      `json:"isPrivateIndividual,omitempty"`
	IsForeignShip       bool      `json:"isForeignShip,omitempty"`
}

// WorkSite is where the waste leaves from, if not from the emitter's address.
type WorkSite struct {
	Address    Text `json:"address"`
	City       Text `json:"city"`
	PostalCode Text `json:"postalCode"`
}

// Recipient receives the waste, or stores it on its way.
type Recipient struct {
	CAP                 Text    `json:"cap"`
	ProcessingOperation Text    `json:"processingOperation"`
	Company             Company `json:"company"`
	IsTempStorage       bool    `json:"isTempStorage"`
}

// Transporter is one of those who carry the waste.
type Transporter struct {
	Company     Company `json:"company"`
	NumberPlate Text    `json:"numberPlate"`
	Mode        Text    `json:"mode"`
}

// Company is a party: by SIRET in France, by VAT number elsewhere.
type Company struct {
	SIRET           Text `json:"siret"`
	VATNumber       Text `json:"vatNumber"`
	ExtraEuropeanID Text `json:"extraEuropeanId,omitempty"` // of a company outside the European Union
	OMINumber       Text `json:"omiNumber,omitempty"`       // of a ship
	Country         Text `json:"country"`
	Name            Text `json:"name"`
	Address         Text `json:"address"`
	Contact         Text `json:"contact"`
	Phone           Text `json:"phone"`
	Mail            Text `json:"mail"`
}

// Dealer is a trader or broker; the registry adds its receipt.
type Dealer struct {
	Company Company `json:"company"`
}

// EcoOrganisme answers for producers.
type EcoOrganisme struct {
	SIRET Text `json:"siret"`
	Name  Text `json:"name"`
}

// WasteDetails are the waste itself.
type WasteDetails struct {
	Code           Text        `json:"code"`
	Name           Text        `json:"name"`
	IsSubjectToADR bool        `json:"isSubjectToADR"`
	ONUCode        Text        `json:"onuCode"`
	PackagingInfos []Packaging `json:"packagingInfos"`
	Quantity       *Tonnes     `json:"quantity"`
	QuantityType   string      `json:"quantityType"`
	Consistences   []string    `json:"consistences"`
	POP            bool        `json:"pop"`
}

// Packaging is a number of equal containers.
type Packaging struct {
	Type     string `json:"type"`
	Other    Text   `json:"other"`
	Quantity int    `json:"quantity"`
}

// Fraction is what of a BSDD goes into a group.
type Fraction struct {
	Form     Reference `json:"form"`
	Quantity *Tonnes   `json:"quantity,omitempty"`
}

// Reference names a BSDD by its opaque id.
type Reference struct {
	ID string `json:"id"`
}

// StorageDetail is the second part of the way, from a storage.
type StorageDetail struct {
	Destination *Destination `json:"destination"`
}

// Destination is where the second part ends.
type Destination struct {
	Company             Company `json:"company"`
	CAP                 Text    `json:"cap"`
	ProcessingOperation Text    `json:"processingOperation"`
}

// DateRange is a period.
type DateRange struct {
	From  DateTime  `json:"_gte"`
	Until *DateTime `json:"_lt,omitempty"` // exclusive; nil: open
}

// NewWebhook is a company's webhook, by the company's opaque id.
type NewWebhook struct {
	CompanyID   string `json:"companyId"`
	EndpointURI string `json:"endpointUri"`
	Token       string `json:"token"`
	Activated   bool   `json:"activated"`
}

// ChangedWebhook changes whether a webhook is active.
type ChangedWebhook struct {
	Activated bool `json:"activated"`
}
