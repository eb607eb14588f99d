/**
 * Files that are imported everywhere and lie beside few descriptions, with what their messages are on the wire; those of
 * google/protobuf have a JSON of their own, which types.ts and the kit know.
 */

const PROTOBUF: Readonly<Record<string, string>> = {
  any: 'message Any { string type_url = 1; bytes value = 2; }',
  duration: 'message Duration { int64 seconds = 1; int32 nanos = 2; }',
  empty: 'message Empty {}',
  field_mask: 'message FieldMask { repeated string paths = 1; }',
  struct: `message Struct { map<string, Value> fields = 1; } enum NullValue { NULL_VALUE = 0; }
    message ListValue { repeated Value values = 1; }
    message Value { oneof kind { NullValue null_value = 1; double number_value = 2; string string_value = 3;
      bool bool_value = 4; Struct struct_value = 5; ListValue list_value = 6; } }`,
  timestamp: 'message Timestamp { int64 seconds = 1; int32 nanos = 2; }',
  wrappers: `message DoubleValue { double value = 1; } message FloatValue { float value = 1; }
    message Int64Value { int64 value = 1; } message UInt64Value { uint64 value = 1; }
    message Int32Value { int32 value = 1; } message UInt32Value { uint32 value = 1; }
    message BoolValue { bool value = 1; } message StringValue { string value = 1; }
    message BytesValue { bytes value = 1; }`,
};

const TYPE: Readonly<Record<string, string>> = {
  date: 'message Date { int32 year = 1; int32 month = 2; int32 day = 3; }',
  timeofday: 'message TimeOfDay { int32 hours = 1; int32 minutes = 2; int32 seconds = 3; int32 nanos = 4; }',
  datetime: `import "google/protobuf/duration.proto";
    message DateTime { int32 year = 1; int32 month = 2; int32 day = 3; int32 hours = 4; int32 minutes = 5;
      int32 seconds = 6; int32 nanos = 7; oneof time_offset { google.protobuf.Duration utc_offset = 8; TimeZone time_zone = 9; } }
    message TimeZone { string id = 1; string version = 2; }`,
  interval: `import "google/protobuf/timestamp.proto";
    message Interval { google.protobuf.Timestamp start_time = 1; google.protobuf.Timestamp end_time = 2; }`,
  money: 'message Money { string currency_code = 1; int64 units = 2; int32 nanos = 3; }',
  decimal: 'message Decimal { string value = 1; }',
  fraction: 'message Fraction { int64 numerator = 1; int64 denominator = 2; }',
  latlng: 'message LatLng { double latitude = 1; double longitude = 2; }',
  color: `import "google/protobuf/wrappers.proto";
    message Color { float red = 1; float green = 2; float blue = 3; google.protobuf.FloatValue alpha = 4; }`,
  expr: 'message Expr { string expression = 1; string title = 2; string description = 3; string location = 4; }',
  localized_text: 'message LocalizedText { string text = 1; string language_code = 2; }',
  phone_number: `message PhoneNumber { message ShortCode { string region_code = 1; string number = 2; }
      oneof kind { string e164_number = 1; ShortCode short_code = 2; } string extension = 3; }`,
  postal_address: `message PostalAddress { int32 revision = 1; string region_code = 2; string language_code = 3;
      string postal_code = 4; string sorting_code = 5; string administrative_area = 6; string locality = 7;
      string sublocality = 8; repeated string address_lines = 9; repeated string recipients = 10; string organization = 11; }`,
  dayofweek: `enum DayOfWeek { DAY_OF_WEEK_UNSPECIFIED = 0; MONDAY = 1; TUESDAY = 2; WEDNESDAY = 3; THURSDAY = 4;
      FRIDAY = 5; SATURDAY = 6; SUNDAY = 7; }`,
  month: `enum Month { MONTH_UNSPECIFIED = 0; JANUARY = 1; FEBRUARY = 2; MARCH = 3; APRIL = 4; MAY = 5; JUNE = 6;
      JULY = 7; AUGUST = 8; SEPTEMBER = 9; OCTOBER = 10; NOVEMBER = 11; DECEMBER = 12; }`,
};

const RPC: Readonly<Record<string, string>> = {
  status: `import "google/protobuf/any.proto";
    message Status { int32 code = 1; string message = 2; repeated google.protobuf.Any details = 3; }`,
  code: `enum Code { OK = 0; CANCELLED = 1; UNKNOWN = 2; INVALID_ARGUMENT = 3; DEADLINE_EXCEEDED = 4; NOT_FOUND = 5;
      ALREADY_EXISTS = 6; PERMISSION_DENIED = 7; RESOURCE_EXHAUSTED = 8; FAILED_PRECONDITION = 9; ABORTED = 10;
      OUT_OF_RANGE = 11; UNIMPLEMENTED = 12; INTERNAL = 13; UNAVAILABLE = 14; DATA_LOSS = 15; UNAUTHENTICATED = 16; }`,
};

const API: Readonly<Record<string, string>> = {
  httpbody: `import "google/protobuf/any.proto";
    message HttpBody { string content_type = 1; bytes data = 2; repeated google.protobuf.Any extensions = 3; }`,
};

const LONGRUNNING: Readonly<Record<string, string>> = {
  operations: `import "google/protobuf/any.proto"; import "google/rpc/status.proto";
    message Operation { string name = 1; google.protobuf.Any metadata = 2; bool done = 3;
      oneof result { google.rpc.Status error = 4; google.protobuf.Any response = 5; } }`,
};

const filesOf = (packageName: string, files: Readonly<Record<string, string>>): [string, string][] =>
  Object.entries(files).map(([name, text]) => [
    `${packageName.replaceAll('.', '/')}/${name}.proto`,
    `syntax = "proto3"; package ${packageName}; ${text}`,
  ]);

/** Text of each of these files, by the path that it is imported by. */
export const COMMON_FILES: ReadonlyMap<string, string> = new Map([
  ...filesOf('google.protobuf', PROTOBUF),
  ...filesOf('google.type', TYPE),
  ...filesOf('google.rpc', RPC),
  ...filesOf('google.api', API),
  ...filesOf('google.longrunning', LONGRUNNING),
]);

/** True for files that define options alone: nothing is lost without them. */
export const isOptionsOnly = (path: string): boolean =>
  /^(?:google\/api\/(?:annotations|client|field_behavior|field_info|http|launch_stage|resource|routing|visibility)|google\/protobuf\/(?:descriptor|go_features|java_features|cpp_features)|(?:buf\/)?validate\/validate|gogoproto\/gogo|protoc-gen-openapiv2\/options\/annotations|tagger\/tagger)\.proto$/.test(
    path,
  );
