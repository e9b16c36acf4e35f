// Command archive-stub takes the place of hashicorp/archive on machines that reach no Terraform registry.
// It serves what the project's stacks use of the archive_file data source, in the local environment only.
package main

import (
	"context"
	"fmt"
	"log"
	"os"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-framework/resource"
)

// The provider that the stub replaces. The build sets both (-ldflags -X).
var address, version = "registry.terraform.io/hashicorp/archive", "0.0.0"

const (
	// permission is the environment variable without which the stub refuses to work, so that it can never
	// serve another environment than the local one by accident.
	permission = "METRONOME_ARCHIVE_STAND_IN"
	// permitted is the value that permission must have.
	permitted = "local"
)

func main() {
	options := providerserver.ServeOpts{Address: address, ProtocolVersion: 5}
	if err := providerserver.Serve(context.Background(), newProvider, options); err != nil {
		log.Fatal(err)
	}
}

func newProvider() provider.Provider { return stub{} }

type stub struct{}

func (stub) Metadata(_ context.Context, _ provider.MetadataRequest, response *provider.MetadataResponse) {
	response.TypeName = "archive"
	response.Version = version
}

func (stub) Schema(context.Context, provider.SchemaRequest, *provider.SchemaResponse) {}

// Configure refuses to go on unless the permission is there. Terraform calls it before every plan and apply.
func (stub) Configure(_ context.Context, _ provider.ConfigureRequest, response *provider.ConfigureResponse) {
	if value := os.Getenv(permission); value != permitted {
		response.Diagnostics.AddError(
			"The archive stub serves the local environment only",
			fmt.Sprintf("%s is %q, and must be %q. Terraform was about to use lambda-metronome's stub in place of hashicorp/archive %s; "+
				"a real environment needs the real provider. Run terraform init with a CLI configuration that does not name "+
				"lambda-metronome's provider directory (see TF_CLI_CONFIG_FILE), on a machine that reaches the Terraform registry.",
				permission, value, permitted, version),
		)
	}
}

func (stub) DataSources(context.Context) []func() datasource.DataSource {
	return []func() datasource.DataSource{func() datasource.DataSource { return archiveFile{} }}
}

func (stub) Resources(context.Context) []func() resource.Resource { return nil }
