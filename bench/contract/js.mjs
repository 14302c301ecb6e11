// The AWS SDK for JavaScript against the endpoint of AWS_ENDPOINT_URL: a step a line, as JSON.
// Members that an answer has to show are compared. Nothing follows a step that throws.
import * as live from "@aws-sdk/client-medialive";
import * as connect from "@aws-sdk/client-mediaconnect";

const medialive = new live.MediaLiveClient({ maxAttempts: 1 });
const mediaconnect = new connect.MediaConnectClient({ maxAttempts: 1 });

async function step(name, act, shows = {}) {
  const problems = [];
  let answer;
  try {
    answer = await act();
    for (const [path, value] of Object.entries(shows)) {
      const shown = path.split(".").reduce((part, key) => part?.[key], answer);
      if (shown !== value) problems.push(`${path} is ${shown}, not ${value}`);
    }
  } catch (error) {
    problems.push(`${error.name}: ${error.message}`);
  }
  console.log(JSON.stringify({ name, problems }));
  if (answer === undefined) process.exit();
  return answer;
}

const clients = new Map([[live, medialive], [connect, mediaconnect]]);
const send = (sdk, name, members, shows) =>
  step(name, () => clients.get(sdk).send(new sdk[`${name}Command`](members)), shows);
const wait = (sdk, name, members) => {
  const limits = { client: clients.get(sdk), maxWaitTime: 60, minDelay: 1, maxDelay: 1 };
  return step(`waitUntil${name}`, () => sdk[`waitUntil${name}`](limits, members), { state: "SUCCESS" });
};

const Sources = [{ Url: "https://example.org/a" }];
const first = await send(live, "CreateInput", { Name: "first", Type: "URL_PULL", Sources });
const second = await send(live, "CreateInput", { Name: "second", Type: "URL_PULL", Sources });
const inputs = [first, second].map((answer) => answer.Input.Id);
const made = await send(live, "CreateChannel", {
  Name: "js",
  ChannelClass: "SINGLE_PIPELINE",
  InputSpecification: { Codec: "AVC", Resolution: "HD", MaximumBitrate: "MAX_20_MBPS" },
  InputAttachments: [
    { InputId: inputs[0], InputAttachmentName: "first" },
    { InputId: inputs[1], InputAttachmentName: "second" },
  ],
  Destinations: [{ Id: "d", Settings: [{ Url: "rtmp://203.0.113.9/live", StreamName: "made-up" }] }],
  EncoderSettings: {
    TimecodeConfig: { Source: "EMBEDDED" },
    AudioDescriptions: [{ Name: "audio", AudioSelectorName: "audio" }],
    VideoDescriptions: [{ Name: "video" }],
    OutputGroups: [
      {
        OutputGroupSettings: { RtmpGroupSettings: {} },
        Outputs: [
          {
            VideoDescriptionName: "video",
            AudioDescriptionNames: ["audio"],
            OutputSettings: { RtmpOutputSettings: { Destination: { DestinationRefId: "d" } } },
          },
        ],
      },
    ],
  },
});
const channel = { ChannelId: made.Channel.Id };
await wait(live, "ChannelCreated", channel);
await wait(live, "InputAttached", { InputId: inputs[0] });
await send(live, "DescribeChannel", channel, { State: "IDLE", Name: "js" });
await send(live, "StartChannel", channel, { State: "STARTING" });
await wait(live, "ChannelRunning", channel);
const ScheduleActions = [
  {
    ActionName: "switch",
    ScheduleActionStartSettings: { ImmediateModeScheduleActionStartSettings: {} },
    ScheduleActionSettings: { InputSwitchSettings: { InputAttachmentNameReference: "second" } },
  },
];
await send(live, "BatchUpdateSchedule", { ...channel, Creates: { ScheduleActions } }, {
  "Creates.ScheduleActions.0.ActionName": "switch",
});
await send(live, "DescribeSchedule", channel, { "ScheduleActions.0.ActionName": "switch" });
await send(live, "DescribeChannel", channel, { "PipelineDetails.0.ActiveInputAttachmentName": "second" });
await send(live, "DescribeThumbnails", { ...channel, PipelineId: "0", ThumbnailType: "CURRENT_ACTIVE" });
await send(live, "BatchStop", { ChannelIds: [channel.ChannelId] }, { "Successful.0.State": "STOPPING" });
await wait(live, "ChannelStopped", channel);
await send(live, "DeleteSchedule", channel);
await send(live, "DeleteChannel", channel, { State: "DELETING" });
await wait(live, "ChannelDeleted", channel);
await wait(live, "InputDetached", { InputId: inputs[0] });
await send(live, "DeleteInput", { InputId: inputs[0] });
await wait(live, "InputDeleted", { InputId: inputs[0] });
await send(live, "ListOfferings", {});

const source = { Name: "in", Protocol: "rtp", WhitelistCidr: "203.0.113.0/24", IngestPort: 5000 };
const flow = await send(connect, "CreateFlow", { Name: "js", Source: source }, { "Flow.Status": "STANDBY" });
const about = { FlowArn: flow.Flow.FlowArn };
await send(connect, "AddFlowOutputs", {
  ...about,
  Outputs: [{ Name: "out", Protocol: "rtp", Destination: "203.0.113.7", Port: 5010 }],
}, { "Outputs.0.Port": 5010 });
await send(connect, "StartFlow", about, { Status: "STARTING" });
await wait(connect, "FlowActive", about);
await send(connect, "StopFlow", about, { Status: "STOPPING" });
await wait(connect, "FlowStandby", about);
await send(connect, "DeleteFlow", about, { Status: "DELETING" });
await wait(connect, "FlowDeleted", about);
